import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { changeKey } from '../../accounts/change-key.ts'
import { createKey, type NewKey } from '../../accounts/create-key.ts'
import { type Editor, memberEditor } from '../../accounts/editor.ts'
import { listAgents } from '../../accounts/list-agents.ts'
import { mayGrant } from '../../accounts/may-grant.ts'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import { removeAgent } from '../../accounts/remove-agent.ts'
import { renameAgent } from '../../accounts/rename-agent.ts'
import { revokeKey } from '../../accounts/revoke-key.ts'
import { rotateKey } from '../../accounts/rotate-key.ts'
import { scopeSchema } from '../../accounts/scope.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { clientAddress } from '../client-address.ts'
import { expiresInDays, lastsMs, limits } from './key-terms.ts'
import { route } from './route.ts'
import { environment, key, limit, next } from './schemas.ts'

const secret = z.string().describe('The key itself. Shown only now.')

export const agentRoutes = [
  route({
    method: 'get',
    path: '/agents',
    summary: 'List the agents and their keys, oldest first.',
    tag: 'agents',
    may: 'agents.read',
    query: z.strictObject({
      next,
      limit,
    }),
    answer: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          createdAt: z.string(),
          createdBy: z.string().nullable().describe('Name of the person; null for the command line.'),
          active: z.boolean().describe('Whether a key of it can be used.'),
          keys: z.array(key),
        }),
      ),
      next: z.string().nullable(),
    }),
    run: ({ app, principal, query: { next, limit } }) =>
      listAgents(app.db, principal.workspaceId, app.clock.now(), { after: next, limit }),
  }),
  route({
    method: 'patch',
    path: '/agents/{id}',
    summary: 'Rename an agent: one’s own, or with `agents.manage` every one.',
    tag: 'agents',
    may: 'agents.pair',
    body: z.strictObject({ name: z.string().max(200) }),
    answer: z.object({ id: z.string(), name: z.string() }),
    run: ({ app, principal, params, body, incoming }) =>
      renameAgent(app.db, app.clock.now(), { ...subject({ app, principal, incoming }, params.id), ...body }),
  }),
  route({
    method: 'delete',
    path: '/agents/{id}',
    summary: 'End an agent: every key of it is revoked.',
    tag: 'agents',
    may: 'agents.pair',
    answer: z.object({ id: z.string(), keys: z.number().describe('How many keys this revoked.') }),
    run: ({ app, principal, params, incoming }) =>
      changing(app, removeAgent(app.db, app.clock.now(), subject({ app, principal, incoming }, params.id))),
  }),
  route({
    method: 'post',
    path: '/keys',
    summary: 'Make a key for an agent, which is made when it is new. The key is shown once.',
    tag: 'agents',
    may: 'agents.pair',
    status: 201,
    body: z.strictObject({
      agent: z.string().max(200).describe('Name of the agent.'),
      environment,
      scope: scopeSchema.optional(),
      ...limits,
      expiresInDays,
    }),
    answer: key.extend({ agentId: z.string(), secret }),
    async run({ app, principal, body, incoming }) {
      const { expiresInDays: days, scope = {}, ...terms } = body
      const { workspaceId, by } = subject({ app, principal, incoming }, '')
      const refused = await mayGrant(app, principal, { environment: body.environment, scope })
      if (refused) return refused
      const made = await createKey(app.db, app.clock.now(), {
        workspaceId,
        by,
        scope,
        ...terms,
        expiresInMs: lastsMs(days),
      })
      return toldOnce(made)
    },
  }),
  route({
    method: 'patch',
    path: '/keys/{id}',
    summary: 'Change the scope or the limits of a key. A scope takes the place of the one before.',
    tag: 'agents',
    may: 'agents.pair',
    body: z.strictObject({ scope: scopeSchema.optional(), ...limits }),
    answer: key,
    async run({ app, principal, params, body, incoming }) {
      const { workspaceId, id, by } = subject({ app, principal, incoming }, params.id)
      const refused = body.scope && (await mayGrant(app, principal, { scope: body.scope }))
      if (refused) return refused
      return changing(app, changeKey(app.db, app.clock.now(), { workspaceId, id, by, change: body }))
    },
  }),
  route({
    method: 'post',
    path: '/keys/{id}/rotate',
    summary: 'Replace a key by a new one. The old one goes on for the overlap.',
    tag: 'agents',
    may: 'agents.pair',
    status: 201,
    body: z.strictObject({ overlapMinutes: z.int().min(0).max(10_080).default(60) }),
    answer: key.extend({ agentId: z.string(), secret }),
    async run({ app, principal, params, body, incoming }) {
      const overlapMs = body.overlapMinutes * 60_000
      const made = await changing(
        app,
        rotateKey(app.db, app.clock.now(), { ...subject({ app, principal, incoming }, params.id), overlapMs }),
      )
      return toldOnce(made)
    },
  }),
  route({
    method: 'delete',
    path: '/keys/{id}',
    summary: 'Revoke a key, at once and for good.',
    tag: 'agents',
    may: 'agents.pair',
    answer: z.object({ id: z.string() }),
    run: async ({ app, principal, params, incoming }) =>
      (await changing(app, revokeKey(app.db, app.clock.now(), subject({ app, principal, incoming }, params.id)))) ?? {
        id: params.id,
      },
  }),
]

type Asking = { app: App; principal: MemberPrincipal; incoming: IncomingMessage }

function subject({ app, principal, incoming }: Asking, id: string) {
  const by: Editor = memberEditor(principal, clientAddress(app, incoming))
  return { workspaceId: principal.workspaceId, id, by }
}

/** The one answer that holds the key itself. */
function toldOnce(made: NewKey | Fault) {
  return made instanceof Fault ? made : { ...made.view, agentId: made.agentId, secret: made.key.reveal() }
}

/** This process forgets what it remembers of keys, so that a change counts at once here. */
async function changing<T>(app: App, change: Promise<T>): Promise<T> {
  const done = await change
  app.memory.keys.clear()
  return done
}
