import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'

/** Email and password. */
export function PasswordStep({ onDone, onSecondFactor }: { onDone(): void; onSecondFactor(challenge: string): void }) {
  const signIn = useSend('POST /sign-in', {
    onSuccess: answer => (answer.status === 'signed_in' ? onDone() : onSecondFactor(answer.challenge)),
  })
  return (
    <Form
      problem={signIn.error}
      onSubmit={read => signIn.mutate({ body: { email: read('email'), password: read('password') } })}
    >
      <Field name="email" label="Email">
        <Input type="email" autoComplete="username" required autoFocus />
      </Field>
      <Field name="password" label="Password">
        <Input type="password" autoComplete="current-password" required />
      </Field>
      <Button type="submit" look="primary" busy={signIn.isPending}>
        Sign in
      </Button>
    </Form>
  )
}
