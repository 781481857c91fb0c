import * as z from 'zod'
import { changeMember } from '../../accounts/people/change-member.ts'
import { createWorkspace } from '../../accounts/people/create-workspace.ts'
import { listMembers } from '../../accounts/people/list-members.ts'
import { removeMember } from '../../accounts/people/remove-member.ts'
import { renameWorkspace } from '../../accounts/people/rename-workspace.ts'
import type { App } from '../../app.ts'
import { clientAddress } from '../client-address.ts'
import { invitationRoutes } from './invitations.ts'
import { route } from './route.ts'
import { role } from './schemas.ts'

const tag = 'members'
const named = z.strictObject({ name: z.string().max(400) })

export const memberRoutes = [
  route({
    method: 'post',
    path: '/workspaces',
    summary: 'Make a workspace of one’s own.',
    tag,
    may: 'person',
    status: 201,
    body: named,
    answer: z.object({ id: z.string(), name: z.string(), role }),
    run: ({ app, principal, body, incoming }) =>
      changing(
        app,
        createWorkspace(app.db, app.clock.now(), { by: principal, ...body, address: clientAddress(app, incoming) }),
      ),
  }),
  route({
    method: 'get',
    path: '/workspace',
    summary: 'The workspace that one asks in.',
    tag,
    may: 'workspace.read',
    answer: z.object({ id: z.string(), name: z.string(), createdAt: z.string() }),
    async run({ app, principal }) {
      const { id, name, created_at } = await app.db.read
        .selectFrom('workspaces')
        .selectAll()
        .where('id', '=', principal.workspaceId)
        .executeTakeFirstOrThrow()
      return { id, name, createdAt: new Date(created_at).toISOString() }
    },
  }),
  route({
    method: 'patch',
    path: '/workspace',
    summary: 'Rename the workspace.',
    tag,
    may: 'workspace.change',
    body: named,
    answer: z.object({ id: z.string(), name: z.string() }),
    run: ({ app, principal, body, incoming }) =>
      renameWorkspace(app.db, app.clock.now(), { by: principal, ...body, address: clientAddress(app, incoming) }),
  }),
  route({
    method: 'get',
    path: '/members',
    summary: 'List the members.',
    tag,
    may: 'members.read',
    answer: z.object({
      items: z.array(
        z.object({
          id: z.string().describe('Id of the person.'),
          name: z.string(),
          email: z.string(),
          role,
          since: z.string(),
        }),
      ),
    }),
    run: async ({ app, principal }) => ({ items: await listMembers(app.db, principal.workspaceId) }),
  }),
  route({
    method: 'patch',
    path: '/members/{id}',
    summary: 'Give a member another role, up to one’s own.',
    tag,
    may: 'members.change',
    body: z.strictObject({ role }),
    answer: z.object({ id: z.string(), role }),
    run: ({ app, principal, params, body, incoming }) =>
      changing(
        app,
        changeMember(app.db, app.clock.now(), {
          by: principal,
          id: params.id,
          ...body,
          address: clientAddress(app, incoming),
        }),
      ),
  }),
  route({
    method: 'delete',
    path: '/members/{id}',
    summary: 'Remove a member, and revoke the keys that they made.',
    tag,
    may: 'members.change',
    answer: z.object({ id: z.string(), keys: z.number().describe('How many keys this revoked.') }),
    run: ({ app, principal, params, incoming }) =>
      changing(
        app,
        removeMember(app.db, app.clock.now(), { by: principal, id: params.id, address: clientAddress(app, incoming) }),
      ),
  }),
  ...invitationRoutes,
]

/** This process forgets what it remembers of sessions and keys, so that a change counts at once here. */
async function changing<T>({ memory }: App, change: Promise<T>): Promise<T> {
  const done = await change
  memory.sessions.clear()
  memory.keys.clear()
  return done
}
