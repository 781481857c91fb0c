import * as z from 'zod'
import { awaitCall } from '../../calls/await-call.ts'
import { hasGone } from '../../calls/call.ts'
import { cancelCall } from '../../calls/cancel-call.ts'
import type { CallProgress } from '../../calls/get-call.ts'
import { listOpenCalls } from '../../calls/list-open-calls.ts'
import { Fault } from '../../core/errors.ts'
import { answerProgress } from '../answer-call.ts'
import { clientAddress } from '../client-address.ts'
import { problemOf } from '../problem.ts'
import { refusal } from '../require-principal.ts'
import { callEvents } from './call-events.ts'
import { route } from './route.ts'
import { callAnswer, limit, next, problem, queue, usage } from './schemas.ts'

const state = z
  .enum(['parked', 'queued', 'running', 'ended'])
  .describe(
    '`parked`: a member has to decide about it first. `queued`: it waits for its turn. `running`: it is sent, or the provider works on it.',
  )

/** How a call stands that has not ended. */
const standing = {
  callId: z.string(),
  state,
  approval: z.object({ id: z.string(), link: z.string(), expiresAt: z.string() }).optional(),
  queue: queue.optional(),
  progress: z
    .object({ percent: z.number().optional(), message: z.string().optional() })
    .optional()
    .describe('How far the provider is, as far as it says.'),
}
/** What it is: its tool, the ids of its account and agent, and since when. */
const facts = { tool: z.string(), connection: z.string(), agent: z.string(), startedAt: z.string() }

const progress = z.object({
  ...standing,
  ...z.object(facts).partial().shape,
  answer: callAnswer
    .optional()
    .describe('What the call answers, for a day; of a call that went on by itself or had an idempotency key.'),
  problem: problem.optional().describe('The same of a call that did not succeed.'),
  usage: usage.optional(),
})

export const callRoutes = [
  route({
    method: 'get',
    path: '/calls',
    summary:
      'The calls that have not ended: those that wait for a member or for their turn, and those that are on their way.',
    tag: 'calls',
    may: 'calls.read',
    query: z.strictObject({
      next,
      limit,
    }),
    answer: z.object({
      items: z.array(z.object({ ...standing, ...facts })),
      next: z.string().nullable(),
    }),
    async run({ app, principal, query: { next, limit } }) {
      const page = await listOpenCalls(app, principal, { before: next, limit })
      return { ...page, items: page.items.map(seen => ({ ...answerProgress(seen), ...seen.call })) }
    },
  }),
  route({
    method: 'get',
    path: '/calls/{id}',
    summary: 'How far one call is, and how it ended. Can wait for the end.',
    tag: 'calls',
    may: 'calls.read',
    query: z.strictObject({
      wait: z.coerce.number().int().min(0).max(60).default(0).describe('Seconds to wait for the end, at most.'),
    }),
    answer: progress,
    async run({ app, principal, params, query, incoming }) {
      const waiting = { id: params.id, waitMs: query.wait * 1000, gone: hasGone(incoming.socket) }
      const seen = await awaitCall(app, principal, waiting)
      return toldOr(query.wait ? ((await refusal(app, 'calls.read', incoming)) ?? seen) : seen)
    },
  }),
  route({
    method: 'get',
    path: '/calls/{id}/events',
    summary: 'How far one call is, as server-sent events: `progress` whenever it changes, and `end` with how it ended.',
    tag: 'calls',
    may: 'calls.read',
    bytes: { answer: 'text/event-stream. The data of each event is what GET /calls/{id} answers.' },
    answer: progress,
    run: ({ app, principal, params, incoming }) =>
      callEvents(app, principal, params.id, {
        view: told,
        gone: hasGone(incoming.socket),
        mayStill: async () => (await refusal(app, 'calls.read', incoming)) === undefined,
      }),
  }),
  route({
    method: 'post',
    path: '/calls/{id}/cancel',
    summary:
      'Cancel a call that has not been sent yet or waits to be tried again, or stop following what the provider works on.',
    tag: 'calls',
    may: 'calls.cancel',
    answer: progress,
    run: async ({ app, principal, params, incoming }) =>
      toldOr(await cancelCall(app, principal, params.id, { address: clientAddress(app, incoming) })),
  }),
]

function told(seen: CallProgress) {
  const { fault, ...rest } = answerProgress(seen)
  return { ...rest, ...seen.call, ...(fault && { problem: problemOf(fault) }) }
}

const toldOr = (seen: CallProgress | Fault) => (seen instanceof Fault ? seen : told(seen))
