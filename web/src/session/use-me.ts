import { useSuspenseQuery } from '@tanstack/react-query'
import { ask } from '../api/queries.ts'
import type { Answer } from '../api/send.ts'
import { chosenWorkspace } from './chosen-workspace.ts'

export type Me = Answer<'GET /me'>
export type Workspace = Me['workspaces'][number]

/** Who is signed in. Only for pages behind the sign-in. */
export function useMe(): Me {
  return useSuspenseQuery(ask('GET /me')).data
}

/** The workspace that is shown, with one's own role in it. Only for pages in the frame, which has made sure of one. */
export function useWorkspace(): Workspace {
  const workspace = workspaceOf(useMe())
  if (!workspace) throw new Error('The frame shows no page to somebody who is in no workspace.')
  return workspace
}

/** The chosen workspace, else the first; undefined for somebody who is in none. Pure but for the choice. */
export function workspaceOf({ workspaces }: Me): Workspace | undefined {
  const chosen = chosenWorkspace()
  return workspaces.find(({ id }) => id === chosen) ?? workspaces[0]
}

/** Whether this person may change what is everybody's in this workspace: members, policy, its name; and read the audit record. */
export function useIsAdmin(): boolean {
  return useWorkspace().role !== 'member'
}
