import * as z from 'zod'
import { listAudit } from '../../accounts/list-audit.ts'
import { verifyAudit } from '../../accounts/verify-audit.ts'
import { route } from './route.ts'
import { limit } from './schemas.ts'

const entry = z.object({
  seq: z.number(),
  at: z.string(),
  actor: z.object({ kind: z.enum(['person', 'agent', 'system']), id: z.string(), name: z.string() }),
  action: z.string(),
  target: z.string(),
  address: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})

export const auditRoutes = [
  route({
    method: 'get',
    path: '/audit',
    summary: 'Who did what in the workspace, and the sign-ins of its members; newest first.',
    tag: 'audit',
    may: 'audit.read',
    query: z.strictObject({
      next: z.coerce.number().int().min(1).optional().describe('The `next` of the page before.'),
      limit,
      action: z
        .string()
        .regex(/^[a-z0-9_.]{1,100}$/, 'must be an action such as key.revoked')
        .optional(),
    }),
    answer: z.object({ items: z.array(entry), next: z.string().nullable() }),
    run: ({ app, principal, query: { next, ...wanted } }) =>
      listAudit(app.db, { workspaceId: principal.workspaceId }, { ...wanted, before: next }),
  }),
  route({
    method: 'get',
    path: '/audit/verify',
    summary: 'Check that the audit record of this installation is whole: nothing changed, missing or out of order.',
    tag: 'audit',
    may: 'audit.read',
    answer: z.object({
      ok: z.boolean(),
      rows: z.number(),
      broken: z.object({ seq: z.number(), why: z.string() }).nullable(),
      last: z.object({ seq: z.number(), hash: z.string() }).describe('Number and hash of the last row.'),
    }),
    run: ({ app }) => verifyAudit(app.db),
  }),
]
