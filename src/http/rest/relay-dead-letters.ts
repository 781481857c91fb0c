import * as z from 'zod'
import { discardDeadLetter, listDeadLetters, requeueDeadLetter } from '../../relay/dead-letters/dead-letters.ts'
import { message, next, party } from './relay-schemas.ts'
import { type Route, route } from './route.ts'
import { limit } from './schemas.ts'

const answer = z.object({ id: z.string() })

export const relayDeadLetterRoutes: Route[] = [
  route({
    method: 'get',
    path: '/relay/dead-letters',
    summary: 'Messages that were handed out too often and never acknowledged, newest first.',
    tag: 'relay',
    may: 'relay.read',
    query: z.strictObject({ next, limit }),
    answer: z.object({
      items: z.array(message.extend({ to: party, problem: z.string() })),
      next: z.string().nullable(),
    }),
    run: ({ app, principal, query }) => listDeadLetters(app, principal, { after: query.next, limit: query.limit }),
  }),
  route({
    method: 'post',
    path: '/relay/dead-letters/{id}/requeue',
    summary: 'Put a dead letter back into its mailbox.',
    tag: 'relay',
    may: 'relay.manage',
    answer,
    run: ({ app, principal, params }) => requeueDeadLetter(app, principal.workspaceId, params.id),
  }),
  route({
    method: 'delete',
    path: '/relay/dead-letters/{id}',
    summary: 'Discard a dead letter.',
    tag: 'relay',
    may: 'relay.manage',
    answer,
    run: ({ app, principal, params }) => discardDeadLetter(app, principal.workspaceId, params.id),
  }),
]
