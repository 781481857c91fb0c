import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { isPlainText } from '../../accounts/plain-text.ts'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { addEndpoint } from '../../events/add-endpoint.ts'
import { changeEndpoint } from '../../events/change-endpoint.ts'
import { findEndpoint, viewOfEndpoint } from '../../events/endpoint.ts'
import { listEndpoints } from '../../events/list-endpoints.ts'
import { eventTypes } from '../../events/record-event.ts'
import { removeEndpoint } from '../../events/remove-endpoint.ts'
import { replaceSecret } from '../../events/replace-secret.ts'
import { testEndpoint } from '../../events/test-endpoint.ts'
import { deliveryWithEvent } from './deliveries.ts'
import { personEditor } from './editor-of.ts'
import { route } from './route.ts'

const url = z.string().min(1).max(2048).describe('https. Never redirected, and no private address.')
const types = z
  .array(z.enum(['*', ...eventTypes]))
  .min(1)
  .max(eventTypes.length + 1)
  .describe('Of which events it is told; `*` for all, those that come later included.')
const about = z
  .string()
  .max(200)
  .refine(text => text === '' || isPlainText(text, Number.POSITIVE_INFINITY), 'must be one line of plain text')
  .describe('What it is for.')
const secret = z.string().describe('`whsec_…`: shown only now.')

const endpoint = z.object({
  id: z.string(),
  url: z.string(),
  types: z.array(z.string()),
  about: z.string(),
  state: z.enum(['on', 'off']),
  failingSince: z.string().nullable().describe('Since when nothing has reached it; null when the last delivery did.'),
  createdAt: z.string(),
})

type Asking = { app: App; principal: MemberPrincipal; incoming: IncomingMessage }

const asked = ({ app, principal, incoming }: Asking, id: string) => ({
  workspaceId: principal.workspaceId,
  id,
  by: personEditor(app, principal, incoming),
})

export const endpointRoutes = [
  route({
    method: 'get',
    path: '/endpoints',
    summary: 'List the endpoints that are told of events, without their secrets.',
    tag: 'events',
    may: 'events.read',
    answer: z.object({ items: z.array(endpoint) }),
    run: async ({ app, principal }) => ({ items: await listEndpoints(app.db, principal.workspaceId) }),
  }),
  route({
    method: 'post',
    path: '/endpoints',
    summary: 'Add an endpoint: a URL that is told of events by signed requests (Standard Webhooks).',
    tag: 'events',
    may: 'events.manage',
    status: 201,
    body: z.strictObject({ url, types, about: about.default('') }),
    answer: endpoint.extend({ secret }),
    run: ({ app, principal, body, incoming }) => {
      const { workspaceId, by } = asked({ app, principal, incoming }, '')
      return addEndpoint(app, workspaceId, body, by)
    },
  }),
  route({
    method: 'get',
    path: '/endpoints/{id}',
    summary: 'One endpoint.',
    tag: 'events',
    may: 'events.read',
    answer: endpoint,
    async run({ app, principal, params }) {
      const row = await findEndpoint(app.db.read, principal.workspaceId, params.id)
      return row instanceof Fault ? row : viewOfEndpoint(row)
    },
  }),
  route({
    method: 'patch',
    path: '/endpoints/{id}',
    summary: 'Change an endpoint, or turn it off and on.',
    tag: 'events',
    may: 'events.manage',
    body: z.strictObject({
      url: url.optional(),
      types: types.optional(),
      about: about.optional(),
      state: z.enum(['on', 'off']).optional(),
    }),
    answer: endpoint,
    run: ({ app, principal, params, body, incoming }) =>
      changeEndpoint(app, asked({ app, principal, incoming }, params.id), body),
  }),
  route({
    method: 'post',
    path: '/endpoints/{id}/secret',
    summary: 'Give an endpoint a new secret. The old one signs too for a while.',
    tag: 'events',
    may: 'events.manage',
    body: z.strictObject({
      overlapHours: z.int().min(0).max(24).default(24).describe('How long the old one signs too; 0 ends it at once.'),
    }),
    answer: z.object({ id: z.string(), secret, oldUntil: z.string() }),
    run: ({ app, principal, params, body, incoming }) =>
      replaceSecret(app, asked({ app, principal, incoming }, params.id), body),
  }),
  route({
    method: 'post',
    path: '/endpoints/{id}/test',
    summary: 'Send an `endpoint.test` event to one endpoint. It is tried once.',
    tag: 'events',
    may: 'events.manage',
    answer: deliveryWithEvent,
    run: ({ app, principal, params }) => testEndpoint(app, principal.workspaceId, params.id),
  }),
  route({
    method: 'delete',
    path: '/endpoints/{id}',
    summary: 'Remove an endpoint, its secret and its deliveries.',
    tag: 'events',
    may: 'events.manage',
    answer: z.object({ id: z.string() }),
    run: ({ app, principal, params, incoming }) => removeEndpoint(app, asked({ app, principal, incoming }, params.id)),
  }),
]
