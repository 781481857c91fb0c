import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { affected, type OAuthApp } from './oauth-app.ts'

/** Gives an OAuth app another label. */
export function RenameApp({ app, onClose }: { app: OAuthApp; onClose(): void }) {
  const rename = useSend('PATCH /oauth-apps/{id}', { refresh: [...affected], onSuccess: onClose })
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Rename ${app.label}`}
      about="For you to tell it apart. The provider shows its own name."
    >
      <Form
        onSubmit={read => rename.mutate({ params: { id: app.id }, body: { label: read('label') } })}
        problem={rename.error}
      >
        <Field name="label" label="Label">
          <Input defaultValue={app.label} required maxLength={80} autoComplete="off" />
        </Field>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={rename.isPending}>
            Rename
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}
