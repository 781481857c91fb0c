import { Field } from '../kit/field.tsx'
import { Select } from '../kit/select.tsx'
import type { Workspace } from '../session/use-me.ts'

/** Which workspace an agent is let into. Says nothing when there is only one. */
export function WorkspaceSelect({
  workspace,
  workspaces,
  onChoose,
}: {
  workspace: Workspace
  workspaces: readonly Workspace[]
  onChoose(id: string): void
}) {
  if (workspaces.length < 2) return null
  return (
    <Field name="workspaceId" label="Into the workspace">
      <Select
        options={workspaces.map(({ id, name }) => ({ value: id, label: name }))}
        value={workspace.id}
        onChange={event => onChoose(event.target.value)}
      />
    </Field>
  )
}
