import { useSend } from '../../api/queries.ts'
import { RenameDialog } from '../../kit/rename-dialog.tsx'
import type { Agent } from './agent.ts'

/** Gives an agent another name. */
export function RenameAgent({ agent, onClose }: { agent: Agent; onClose(): void }) {
  const rename = useSend('PATCH /agents/{id}', { refresh: ['GET /agents'], onSuccess: onClose })
  return (
    <RenameDialog
      title="Rename agent"
      about="Its keys stay as they are. What it did before keeps this agent, under its new name."
      name="name"
      label="Name"
      value={agent.name}
      busy={rename.isPending}
      problem={rename.error}
      onRename={name => rename.mutate({ params: { id: agent.id }, body: { name } })}
      onClose={onClose}
    />
  )
}
