import * as z from 'zod'
import { awaitCall } from '../../calls/await-call.ts'
import { listUsage } from '../../calls/list-usage.ts'
import { summarizeUsage } from '../../calls/summarize-usage.ts'
import { Fault } from '../../core/errors.ts'
import { answerProgress } from '../answer-call.ts'
import { problemOf } from '../problem.ts'
import { route } from './route.ts'
import { callAnswer, environment, filter, problem, usage } from './schemas.ts'

const time = z.iso.datetime({ offset: true }).transform(text => Date.parse(text))

const narrowing = {
  agent: filter.optional().describe('Id of an agent.'),
  connection: filter.optional().describe('Id of a connection.'),
  provider: filter.optional(),
  tool: filter.optional(),
  outcome: z.enum(['succeeded', 'failed', 'unknown']).optional(),
  environment: environment.optional(),
  since: time.optional().describe('Calls made at this time or later (ISO 8601).'),
  until: time.optional().describe('Calls made before this time (ISO 8601).'),
}

export const usageRoutes = [
  route({
    method: 'get',
    path: '/usage',
    summary:
      'The record of every call, newest first. A filter looks through 50,000 calls at a time, so that a page can hold fewer than `limit`, even none, while there is a `next`.',
    tag: 'usage',
    may: 'calls.read',
    query: z.strictObject({
      ...narrowing,
      next: filter.optional().describe('The `next` of the page before.'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    answer: z.object({ items: z.array(usage), next: z.string().nullable() }),
    run: ({ app, principal, query: { next, ...wanted } }) => listUsage(app.db, principal, { ...wanted, before: next }),
  }),
  route({
    method: 'get',
    path: '/usage/summary',
    summary:
      'What calls come to: how many, how they ended, how long they took. Of the newest 10,000 in the range of time.',
    tag: 'usage',
    may: 'calls.read',
    query: z.strictObject(narrowing),
    answer: z.object({
      calls: z.number(),
      succeeded: z.number(),
      failed: z.number(),
      unknown: z.number(),
      p50Ms: z.number().nullable().describe('Half of them took this long at most.'),
      p95Ms: z.number().nullable().describe('95 of 100 took this long at most.'),
      reachesBackTo: z.string().nullable().describe('When the oldest call was made that counts; null when all do.'),
    }),
    run: ({ app, principal, query }) => summarizeUsage(app.db, principal, query),
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
    answer: z.object({
      callId: z.string(),
      state: z.enum(['parked', 'running', 'ended']).describe('`parked`: a member has to decide about it first.'),
      approval: z.object({ id: z.string(), link: z.string(), expiresAt: z.string() }).optional(),
      answer: callAnswer.optional().describe('What the call answers; of a call that was parked, for a day.'),
      problem: problem.optional().describe('The same of a call that did not succeed.'),
      usage: usage.optional(),
    }),
    async run({ app, principal, params, query }) {
      const progress = await awaitCall(app, principal, { id: params.id, waitMs: query.wait * 1000 })
      if (progress instanceof Fault) return progress
      const { fault, ...told } = answerProgress(progress)
      return { ...told, ...(fault && { problem: problemOf(fault) }) }
    },
  }),
]
