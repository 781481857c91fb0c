import type { QueryClient } from '@tanstack/react-query'
import { redirect } from '@tanstack/react-router'
import { Problem } from '../api/problem.ts'
import { ask } from '../api/queries.ts'
import { chooseWorkspace, chosenWorkspace } from './chosen-workspace.ts'

/** Lets signed-in people through and sends others to sign in, and back to where they wanted to go. */
export async function requireSession(client: QueryClient, href: string): Promise<void> {
  try {
    const me = await client.ensureQueryData(ask('GET /me'))
    // One that this person has left, or that somebody else chose in this browser.
    if (!me.workspaces.some(({ id }) => id === chosenWorkspace())) chooseWorkspace(undefined)
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.code !== 'unauthorized') throw problem
    throw redirect({ to: '/sign-in', search: href === '/' ? {} : { to: href }, replace: true })
  }
}
