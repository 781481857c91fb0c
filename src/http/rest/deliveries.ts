import * as z from 'zod'
import { getDelivery } from '../../events/delivery.ts'
import { listDeliveries } from '../../events/list-deliveries.ts'
import { replayDelivery } from '../../events/replay-delivery.ts'
import { personEditor } from './editor-of.ts'
import { event } from './events.ts'
import { route } from './route.ts'
import { filter, limit, next } from './schemas.ts'

const state = z.enum(['waiting', 'delivered', 'failed'])

const delivery = z.object({
  id: z.string(),
  endpointId: z.string(),
  eventId: z.string().describe('Also the `webhook-id` of its message, the same for every try.'),
  type: z.string(),
  state,
  attempts: z.number().describe('Tries since it was made or replayed.'),
  status: z.number().nullable().describe('HTTP status of the last answer; null when there was none.'),
  problem: z.string().describe('Why the last try failed; empty when it did not.'),
  createdAt: z.string(),
  nextAt: z.string().nullable().describe('When it is tried next; null when it has ended.'),
  endedAt: z.string().nullable(),
})

/** One event on its way to one endpoint. */
export const deliveryWithEvent = delivery.extend({ event })

export const deliveryRoutes = [
  route({
    method: 'get',
    path: '/deliveries',
    summary: 'What was sent to endpoints or waits to be, newest first.',
    tag: 'events',
    may: 'events.read',
    query: z.strictObject({
      endpoint: filter.optional().describe('Id of an endpoint.'),
      state: state.optional(),
      next,
      limit,
    }),
    answer: z.object({ items: z.array(delivery), next: z.string().nullable() }),
    run: ({ app, principal, query: { next, ...wanted } }) =>
      listDeliveries(app.db, principal.workspaceId, { ...wanted, before: next }),
  }),
  route({
    method: 'get',
    path: '/deliveries/{id}',
    summary: 'One delivery, with the event that it brings.',
    tag: 'events',
    may: 'events.read',
    answer: deliveryWithEvent,
    run: ({ app, principal, params }) => getDelivery(app.db, principal.workspaceId, params.id),
  }),
  route({
    method: 'post',
    path: '/deliveries/{id}/replay',
    summary: 'Send a delivery that has ended once more, under the same message id.',
    tag: 'events',
    may: 'events.manage',
    answer: deliveryWithEvent,
    run: ({ app, principal, params, incoming }) =>
      replayDelivery(app, {
        workspaceId: principal.workspaceId,
        id: params.id,
        by: personEditor(app, principal, incoming),
      }),
  }),
]
