import { lazy, Suspense } from 'react'
import { Dialog } from '../kit/dialog.tsx'

const Form = lazy(() => import('./new-workspace-form.tsx').then(module => ({ default: module.NewWorkspaceForm })))

/** Makes a workspace and opens it. */
export function NewWorkspace({ open, onClose }: { open: boolean; onClose(): void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="New workspace"
      about="It has members, agents, connections and rules of its own. You will be its owner."
    >
      <Suspense>
        <Form onCancel={onClose} />
      </Suspense>
    </Dialog>
  )
}
