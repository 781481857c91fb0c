import * as z from 'zod'
import { getUsage, listUsage } from '../../calls/list-usage.ts'
import { Fault } from '../../core/errors.ts'
import { route } from './route.ts'
import { filter, usage } from './schemas.ts'

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
      return listUsage(app.db, principal.workspaceId, { ...wanted, before: next })
    },
  }),
  route({
    method: 'get',
    path: '/calls/{id}',
    summary: 'How one call ended.',
    tag: 'calls',
    may: 'calls.read',
    answer: usage,
    async run({ app, principal, params }) {
      const found = await getUsage(app.db, principal.workspaceId, params.id)
      return found ?? new Fault('not_found', `There is no call "${params.id}" in this workspace, or it has not ended.`)
    },
  }),
]
