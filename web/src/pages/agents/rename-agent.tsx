import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import type { Agent } from './agent.ts'

/** Gives an agent another name. */
export function RenameAgent({ agent, onClose }: { agent: Agent; onClose(): void }) {
  const rename = useSend('PATCH /agents/{id}', { refresh: ['GET /agents'], onSuccess: onClose })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Rename agent"
      about="Its keys stay as they are. What it did before keeps this agent, under its new name."
    >
      <Form
        onSubmit={read => rename.mutate({ params: { id: agent.id }, body: { name: read('name') } })}
        problem={rename.error}
      >
        <Field name="name" label="Name">
          <Input defaultValue={agent.name} required maxLength={80} autoComplete="off" />
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
