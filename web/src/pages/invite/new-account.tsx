import { useQueryClient } from '@tanstack/react-query'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'

/** Makes an account by an invitation, and signs it in. @param props `email` is the only address that may, if it says one */
export function NewAccount({
  token,
  email,
  action,
  onDone,
}: {
  token: string
  email: string | null
  action: string
  onDone(): void
}) {
  const client = useQueryClient()
  const accept = useSend('POST /invitations/accept', {
    onSuccess() {
      client.removeQueries({ queryKey: ['GET /me'] })
      onDone()
    },
  })
  return (
    <Form
      problem={accept.error}
      onSubmit={read =>
        accept.mutate({
          body: { token, name: read('name'), email: email ?? read('email'), password: read('password') },
        })
      }
    >
      <Field name="name" label="Your name">
        <Input autoComplete="name" required maxLength={100} autoFocus />
      </Field>
      <Field
        name="email"
        label="Email"
        hint={email ? 'The invitation is for this address.' : 'You sign in with it. ClawLink sends no mail.'}
      >
        <Input type="email" autoComplete="username" required readOnly={email !== null} defaultValue={email ?? ''} />
      </Field>
      <Field name="password" label="Password" hint="At least 10 characters. A few words are fine.">
        <Input type="password" autoComplete="new-password" required minLength={10} maxLength={200} />
      </Field>
      <Button type="submit" look="primary" busy={accept.isPending}>
        {action}
      </Button>
    </Form>
  )
}
