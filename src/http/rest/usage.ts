import * as z from 'zod'
import { listUsage } from '../../calls/list-usage.ts'
import { summarizeUsage } from '../../calls/summarize-usage.ts'
import { route } from './route.ts'
import { environment, filter, limit, next, usage } from './schemas.ts'

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
      next,
      limit,
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
]
