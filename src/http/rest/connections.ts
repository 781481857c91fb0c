import * as z from 'zod'
import { type Principal, scopeOf } from '../../accounts/principal.ts'
import { addConnection } from '../../connections/add-connection.ts'
import { listConnections } from '../../connections/list-connections.ts'
import { removeConnection } from '../../connections/remove-connection.ts'
import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { route } from './route.ts'
import { connection } from './schemas.ts'

export const connectionRoutes = [
  route({
    method: 'get',
    path: '/connections',
    summary: 'List the connections that this key may use; for a member, those of both environments.',
    tag: 'connections',
    may: 'connections.read',
    query: z.strictObject({ provider: z.string().optional() }),
    answer: z.object({ items: z.array(connection) }),
    async run({ app, principal, query }) {
      return { items: await listConnections(app.db, principal.workspaceId, { ...query, ...sightOf(principal) }) }
    },
  }),
  route({
    method: 'post',
    path: '/connections',
    summary: 'Connect an account by its API key or token. It is tried before it is stored.',
    tag: 'connections',
    may: 'connections.change',
    status: 201,
    body: z.strictObject({
      provider: z.string(),
      secret: z.string().min(1).max(8192).describe('The API key or token. Stored encrypted; never shown again.'),
      label: z.string().min(1).max(80).optional(),
      makeDefault: z.boolean().optional(),
    }),
    answer: connection,
    run({ app, principal, body }) {
      const { workspaceId, environment } = principal
      const { providers, connections } = scopeOf(principal)
      if (connections || (providers && !providers.includes(body.provider)))
        return new Fault('forbidden', 'The scope of this key does not allow to add this connection.')
      return addConnection(app, workspaceId, { ...body, environment, secret: new Secret(body.secret) })
    },
  }),
  route({
    method: 'get',
    path: '/connections/{id}',
    summary: 'Read one connection.',
    tag: 'connections',
    may: 'connections.read',
    answer: connection,
    async run({ app, principal, params }) {
      const items = await listConnections(app.db, principal.workspaceId, sightOf(principal))
      return (
        items.find(item => item.id === params.id) ??
        new Fault('connection_not_found', `There is no connection "${params.id}".`)
      )
    },
  }),
  route({
    method: 'delete',
    path: '/connections/{id}',
    summary: 'Remove one connection and its credential.',
    tag: 'connections',
    may: 'connections.change',
    answer: z.object({ id: z.string() }),
    run: ({ app, principal, params }) =>
      removeConnection(app, { ...sightOf(principal), workspaceId: principal.workspaceId }, params.id),
  }),
]

/** What of the workspace's connections this principal sees. */
/** A key sees its own environment, and there what its scope lets it; a member sees all. */
function sightOf(principal: Principal) {
  return principal.kind === 'member' ? {} : { environment: principal.environment, scope: principal.scope }
}
