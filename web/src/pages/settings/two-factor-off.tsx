import { useSend } from '../../api/queries.ts'
import { Dialog, DialogSubmit } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { useToast } from '../../kit/toast.tsx'

/** Turning one-time codes off, with the password. */
export function TwoFactorOff({ open, onClose }: { open: boolean; onClose(): void }) {
  const toast = useToast()
  const remove = useSend('POST /me/totp/remove', {
    refresh: ['GET /me', 'GET /me/sessions'],
    onSuccess: () => toast('Two-factor sign-in is off.'),
  })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Turn off two-factor sign-in?"
      about="Then your password alone signs in. Every other session ends."
    >
      <Form problem={remove.error} onSubmit={read => remove.mutate({ body: { password: read('password') } })}>
        <Field name="password" label="Password">
          <Input type="password" autoComplete="current-password" required autoFocus />
        </Field>
        <DialogSubmit onClose={onClose} busy={remove.isPending} look="danger">
          Turn off
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
