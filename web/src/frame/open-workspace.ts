import { chooseWorkspace } from '../session/chosen-workspace.ts'

/** Changes to a workspace. The page is loaded anew, so that nothing of the one before stays. */
export function openWorkspace(id: string): void {
  chooseWorkspace(id)
  window.location.assign('/')
}
