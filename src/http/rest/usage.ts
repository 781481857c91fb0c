import * as z from 'zod'
import { awaitCall } from '../../calls/await-call.ts'
import { listUsage } from '../../calls/list-usage.ts'
import { Fault } from '../../core/errors.ts'
import { answerProgress } from '../answer-call.ts'
import { problemOf } from '../problem.ts'
import { route } from './route.ts'
import { callAnswer, filter, problem, usage } from './schemas.ts'

export const usageRoutes = [
  route({
    method: 'get',
    path: '/usage',
    summary: 'The record of every call, newest first.',
    tag: 'usage',
    may: 'calls.read',
    query: z.strictObject({
      provider: filter.optional(),
      tool: filter.optional(),
      outcome: z.enum(['succeeded', 'failed', 'unknown']).optional(),
      next: filter.optional().describe('The `next` of the page before.'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    answer: z.object({ items: z.array(usage), next: z.string().nullable() }),
    run({ app, principal, query: { next, ...wanted } }) {
      return listUsage(app.db, principal, { ...wanted, before: next })
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
