import * as z from 'zod'
import { listEvents } from '../../events/list-events.ts'
import { eventTypes } from '../../events/record-event.ts'
import { type Route, route } from './route.ts'
import { limit, next } from './schemas.ts'

/** Something that happened. */
export const event = z.object({
  id: z.string(),
  type: z.string(),
  subject: z.string().describe('The id of what it happened to.'),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  at: z.string(),
})

export const eventRoutes: Route[] = [
  route({
    method: 'get',
    path: '/events',
    summary: 'What happened in the workspace, newest first.',
    tag: 'events',
    may: 'events.read',
    query: z.strictObject({
      type: z.enum(eventTypes).optional(),
      next,
      limit,
    }),
    answer: z.object({ items: z.array(event), next: z.string().nullable() }),
    run: ({ app, principal, query: { next, ...wanted } }) =>
      listEvents(app.db, principal.workspaceId, { ...wanted, before: next }),
  }),
]
