import { NewWorkspaceForm } from './new-workspace-form.tsx'
import { Panel } from './panel.tsx'

/** For somebody who is in no workspace. */
export default function NoWorkspace() {
  return (
    <Panel title="You are in no workspace" about="Ask somebody to invite you to theirs, or make one of your own.">
      <NewWorkspaceForm />
    </Panel>
  )
}
