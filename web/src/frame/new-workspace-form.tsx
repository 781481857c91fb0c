import { useSend } from '../api/queries.ts'
import { Button } from '../kit/button.tsx'
import { DialogActions } from '../kit/dialog.tsx'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Input } from '../kit/input.tsx'
import { openWorkspace } from './open-workspace.ts'

/** Asks for the name of a new workspace, makes it and opens it. */
export function NewWorkspaceForm({ onCancel }: { onCancel?(): void }) {
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
