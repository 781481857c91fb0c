import { useSend } from '../api/queries.ts'
import { Button } from '../kit/button.tsx'
import { Dialog, DialogActions } from '../kit/dialog.tsx'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Input } from '../kit/input.tsx'
import { useOpenWorkspace } from './workspace-menu.tsx'

/** Makes a workspace and opens it. */
export function NewWorkspace({ open, onClose }: { open: boolean; onClose(): void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="New workspace"
      about="It has members, agents, connections and rules of its own. You will be its owner."
    >
      <NewWorkspaceForm onCancel={onClose} />
    </Dialog>
  )
}

export function NewWorkspaceForm({ onCancel }: { onCancel?(): void }) {
  const openWorkspace = useOpenWorkspace()
  const create = useSend('POST /workspaces', { onSuccess: ({ id }) => openWorkspace(id) })
  return (
    <Form problem={create.error} onSubmit={read => create.mutate({ body: { name: read('name') } })}>
      <Field name="name" label="Name" hint="A company, a team or a home.">
        <Input required maxLength={100} autoComplete="organization" />
      </Field>
      <DialogActions>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" look="primary" busy={create.isPending}>
          Create workspace
        </Button>
      </DialogActions>
    </Form>
  )
}
