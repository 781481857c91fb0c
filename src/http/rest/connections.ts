import * as z from 'zod'
import { type Principal, scopeOf } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { endWaitingCalls } from '../../calls/approvals/end-waiting.ts'
import { addConnection } from '../../connections/add-connection.ts'
import { affectedBy } from '../../connections/affected-by.ts'
import { changeConnection } from '../../connections/change-connection.ts'
import { checkConnection } from '../../connections/check-connection.ts'
import { findConnection, getConnection, listConnections } from '../../connections/list-connections.ts'
import { removeConnection } from '../../connections/remove-connection.ts'
import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { showConnection, showConnections } from '../shown-connection.ts'
import { editorOf } from './editor-of.ts'
import { route } from './route.ts'
import { connection, limit, next } from './schemas.ts'
import { sightOf } from './sight-of.ts'

const label = z.string().min(1).max(80)

export const connectionRoutes = [
  route({
    method: 'get',
    path: '/connections',
    summary: 'List the connections that this key may use, oldest first; for a member, those of both environments.',
    tag: 'connections',
    may: 'connections.read',
    query: z.strictObject({
      provider: z.string().optional(),
      next,
      limit,
    }),
    answer: z.object({ items: z.array(connection), next: z.string().nullable() }),
    async run({ app, principal, query: { next: after, ...wanted } }) {
      const { items, next } = await listConnections(app, sightOf(principal), { ...wanted, after })
      return { items: await showConnections(app, principal.workspaceId, items), next }
    },
  }),
  route({
    method: 'post',
    path: '/connections',
    summary: 'Connect an account by its API key, token or other fields. They are tried before they are stored.',
    tag: 'connections',
    may: 'connections.change',
    status: 201,
    body: z.strictObject({
      provider: z.string(),
      way: z.string().max(100).optional().describe('Id of the way to connect; the first that fits otherwise.'),
      secret: z
        .string()
        .min(1)
        .max(8192)
        .optional()
        .describe('The API key or token, where one is asked for. Stored encrypted; never shown again.'),
      fields: z
        .record(z.string().max(100), z.string().max(65_536))
        .optional()
        .describe('What GET /providers/{slug} says that the way asks for, by its names.'),
      secretRef: z
        .string()
        .max(600)
        .optional()
        .describe('Where the secret is kept instead, such as vault:apps/crm#key; read at each use. For owners.'),
      label: label.optional(),
      makeDefault: z.boolean().optional(),
    }),
    answer: connection,
    async run({ app, principal, body, incoming }) {
      const refused = mayNotAdd(app, principal, body) ?? mayNotChoose(principal, body.makeDefault)
      if (refused) return refused
      const { workspaceId, environment } = principal
      const { secret, ...wanted } = body
      return addConnection(
        app,
        workspaceId,
        { ...wanted, environment, ...(secret !== undefined && { secret: new Secret(secret) }) },
        await editorOf(app, principal, incoming),
      )
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
      const found = await getConnection(app, sightOf(principal), params.id)
      return found instanceof Fault ? found : showConnection(app, principal.workspaceId, found)
    },
  }),
  route({
    method: 'patch',
    path: '/connections/{id}',
    summary: 'Rename a connection, make it the default of its provider and environment, or no longer.',
    tag: 'connections',
    may: 'connections.change',
    body: z.strictObject({ label: label.optional(), isDefault: z.boolean().optional() }),
    answer: connection,
    async run({ app, principal, params, body, incoming }) {
      const refused = mayNotChoose(principal, body.isDefault)
      if (refused) return refused
      const by = await editorOf(app, principal, incoming)
      return changeConnection(app, sightOf(principal), { id: params.id, change: body, by })
    },
  }),
  route({
    method: 'post',
    path: '/connections/{id}/check',
    summary: 'Ask the provider whether a connection works, and say how it is.',
    tag: 'connections',
    may: 'connections.change',
    answer: connection,
    async run({ app, principal, params }) {
      const sight = sightOf(principal)
      const row = await findConnection(app, sight, params.id)
      if (row instanceof Fault) return row
      const checked = await checkConnection(app, row)
      return checked instanceof Fault ? checked : getConnection(app, sight, row.id)
    },
  }),
  route({
    method: 'get',
    path: '/connections/{id}/affected',
    summary: 'Who and what depends on a connection: to be seen before it is removed.',
    tag: 'connections',
    may: 'agents.read',
    answer: z.object({
      agents: z.array(z.object({ id: z.string(), name: z.string(), why: z.string() })),
      rules: z.array(z.object({ id: z.string(), name: z.string() })),
      approvals: z.number().describe('Calls that wait for approval to use it; they would end.'),
      callsLast30Days: z.number(),
      revokesAtProvider: z.boolean().describe('Whether removing it ends the access at the provider too.'),
    }),
    run: ({ app, principal, params }) => affectedBy(app, sightOf(principal), params.id),
  }),
  route({
    method: 'delete',
    path: '/connections/{id}',
    summary: 'Remove one connection and its credential, and end its access at the provider where that can be told.',
    tag: 'connections',
    may: 'connections.change',
    answer: z.object({
      id: z.string(),
      revoked: z
        .boolean()
        .nullable()
        .describe('False: the provider could not be told. Null: there was nothing to tell.'),
      advice: z.string().nullable().describe('What a person may still do at the provider.'),
    }),
    async run({ app, principal, params, incoming }) {
      return removeConnection(app, sightOf(principal), {
        id: params.id,
        by: await editorOf(app, principal, incoming),
        endWaiting: (tx, id) => endWaitingCalls(app, tx, id),
      })
    },
  }),
]

/**
 * A key adds what it may use then. Outside stores belong to whoever runs ClawLink, so only owners of the first workspace
 * refer to them: everybody can make a workspace of their own.
 */
function mayNotAdd(
  app: App,
  principal: Principal,
  { provider, secretRef }: { provider: string; secretRef?: string | undefined },
): Fault | undefined {
  const { providers, connections } = scopeOf(principal)
  if (connections || (providers && !providers.includes(provider)))
    return new Fault('forbidden', 'The scope of this key does not allow adding this connection.')
  const isOwner = principal.kind === 'member' && principal.role === 'owner' && principal.workspaceId === app.workspaceId
  if (secretRef === undefined || isOwner) return undefined
  return new Fault('forbidden', 'Only an owner of the first workspace may refer to a secret outside of ClawLink.', {
    fix: 'Ask an owner, or give the secret itself.',
  })
}

/** Which connection is the default decides where other agents' calls go. */
function mayNotChoose(principal: Principal, isDefault: boolean | undefined): Fault | undefined {
  if (isDefault === undefined || principal.kind === 'member') return undefined
  return new Fault('forbidden', 'Only a member says which connection is the default.', {
    fix: 'Leave it out, and name the connection in each call.',
  })
}
