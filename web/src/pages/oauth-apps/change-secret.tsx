import { useSend } from '../../api/queries.ts'
import { Dialog, DialogSubmit } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { useToast } from '../../kit/toast.tsx'
import { affected, type OAuthApp } from './oauth-app.ts'

/** Puts a new client secret in the place of the one that is sealed. */
export function ChangeSecret({ app, onClose }: { app: OAuthApp; onClose(): void }) {
  const toast = useToast()
  const change = useSend('PATCH /oauth-apps/{id}', {
    refresh: [...affected],
    // The secret is not kept in memory longer than it takes to send it.
    gcTime: 0,
    onSuccess() {
      toast('The new secret is sealed, and used from now on.')
      onClose()
    },
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Change the secret of ${app.label}`}
      about="Make a new secret at the provider first. Connections stay as they are, and are renewed with it."
    >
      <Form
        onSubmit={read =>
          change.mutate({ params: { id: app.id }, body: { clientSecret: read('clientSecret').trim() } })
        }
        problem={change.error}
      >
        <Field name="clientSecret" label="New client secret" hint={`For the client id ${app.clientId}`}>
          <Input type="password" required autoComplete="off" spellCheck={false} />
        </Field>
        <DialogSubmit onClose={onClose} busy={change.isPending}>
          Change secret
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
