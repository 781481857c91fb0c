import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { chooseWorkspace } from '../session/chosen-workspace.ts'
import { useMe, type Workspace, workspaceOf } from '../session/use-me.ts'

/** Which workspace this is about, on a page that stands outside of the frame; undefined for somebody who is in none. */
export function useWorkspaceChoice(): {
  workspace: Workspace | undefined
  workspaces: Workspace[]
  choose(id: string): void
} {
  const me = useMe()
  const client = useQueryClient()
  const [chosen, setChosen] = useState(() => workspaceOf(me)?.id)
  return {
    workspace: me.workspaces.find(({ id }) => id === chosen),
    workspaces: me.workspaces,
    choose(id) {
      chooseWorkspace(id)
      setChosen(id)
      // All else was read in the workspace before.
      void client.resetQueries({ predicate: ({ queryKey: [name] }) => name !== 'GET /me' })
    },
  }
}
