import * as z from 'zod'
import { Secret } from '../../core/secret.ts'
import { listRemotes } from '../../relay/a2a/remote/remote.ts'
import { editorOf } from './editor-of.ts'
import { type Route, route } from './route.ts'

const remote = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string().describe('Of its card.'),
  hasToken: z.boolean(),
  addedAt: z.string(),
})

export const relayRemoteRoutes: Route[] = [
  route({
    method: 'get',
    path: '/relay/agents/remote',
    summary: 'Agents elsewhere that speak A2A.',
    tag: 'relay',
    may: 'relay.read',
    answer: z.object({ items: z.array(remote) }),
    run: async ({ app, principal }) => ({ items: await listRemotes(app, principal.workspaceId) }),
  }),
  route({
    method: 'post',
    path: '/relay/agents/remote',
    summary: 'Add an agent elsewhere that speaks A2A, or read its card anew. Tasks are delegated to it by its name.',
    tag: 'relay',
    may: 'relay.manage',
    status: 201,
    body: z.strictObject({
      url: z.string().max(2000).describe('Of its card, or of where it answers.'),
      token: z
        .string()
        .regex(/^[\x21-\x7e]{1,4000}$/, 'must be printable characters without spaces')
        .optional()
        .describe('Shown to it as a bearer token. Kept sealed, and never shown again.'),
      name: z.string().max(200).optional().describe('What it is called here; otherwise as its card says.'),
    }),
    answer: remote,
    run: async ({ app, principal, incoming, body: { url, token, name } }) => {
      // Loaded with the SDK behind it when it is first needed.
      const { addRemote } = await import('../../relay/a2a/remote/add-remote.ts')
      const wanted = { url, name, token: token === undefined ? undefined : new Secret(token) }
      return addRemote(app, principal.workspaceId, wanted, await editorOf(app, principal, incoming))
    },
  }),
  route({
    method: 'delete',
    path: '/relay/agents/remote/{id}',
    summary: 'Remove a remote agent, and forget its token.',
    tag: 'relay',
    may: 'relay.manage',
    answer: z.object({ id: z.string() }),
    run: async ({ app, principal, incoming, params }) => {
      const { removeRemote } = await import('../../relay/a2a/remote/remove-remote.ts')
      return removeRemote(app, principal.workspaceId, params.id, await editorOf(app, principal, incoming))
    },
  }),
]
