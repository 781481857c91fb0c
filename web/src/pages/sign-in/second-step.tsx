import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'

/** The code that comes after the password. */
export function SecondStep({ challenge, onDone, onBack }: { challenge: string; onDone(): void; onBack(): void }) {
  const confirm = useSend('POST /sign-in/second-factor', { onSuccess: onDone })
  return (
    <Form
      problem={confirm.error}
      onSubmit={read => confirm.mutate({ body: { challenge, code: read('code').replaceAll(/\s/g, '') } })}
    >
      <Field name="code" label="Code">
        <Input
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellCheck={false}
          required
          autoFocus
          className="font-mono tracking-wider"
        />
      </Field>
      <Button type="submit" look="primary" busy={confirm.isPending}>
        Continue
      </Button>
      <Button look="quiet" onClick={onBack}>
        Back
      </Button>
    </Form>
  )
}
