import * as z from 'zod'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { approveCall } from '../../calls/approvals/approve-call.ts'
import { denyCall } from '../../calls/approvals/deny-call.ts'
import { getApproval } from '../../calls/approvals/get-approval.ts'
import { listApprovals } from '../../calls/approvals/list-approvals.ts'
import { Fault } from '../../core/errors.ts'
import { clientAddress } from '../client-address.ts'
import { route } from './route.ts'
import { effect, limit, next, sentRequest } from './schemas.ts'

const approval = z.object({
  id: z.string(),
  callId: z.string(),
  state: z.enum(['pending', 'approved', 'denied', 'expired']),
  tool: z.string(),
  effect,
  agent: z.object({ id: z.string(), name: z.string() }),
  connection: z.object({ id: z.string(), label: z.string(), account: z.string() }),
  why: z.string().describe('In the agent’s own words: never to be trusted. Empty when it gave no reason.'),
  rule: z.string().nullable().describe('Name of the rule that asked; null when none matched.'),
  createdAt: z.string(),
  expiresAt: z.string(),
  decidedBy: z.string().nullable().describe('Name of the member.'),
  decidedAt: z.string().nullable(),
  word: z.string().nullable(),
})

const detail = approval.extend({
  preview: sentRequest
    .nullable()
    .describe('Exactly what would be sent. Null when it is not kept any more or has changed.'),
  arguments: z.record(z.string(), z.unknown()).nullable(),
  digest: z.string().describe('What the approval is bound to: SHA-256 of the tool, the account and the request.'),
})

export const approvalRoutes = [
  route({
    method: 'get',
    path: '/approvals',
    summary: 'Calls that wait for a decision, oldest first; or all that ever did, newest first.',
    tag: 'approvals',
    may: 'approvals.read',
    query: z.strictObject({
      state: z.enum(['pending', 'all']).default('pending'),
      next,
      limit,
    }),
    answer: z.object({ items: z.array(approval), next: z.string().nullable() }),
    run: ({ app, principal, query: { next, ...wanted } }) =>
      listApprovals(app, principal.workspaceId, { ...wanted, after: next }),
  }),
  route({
    method: 'get',
    path: '/approvals/{id}',
    summary: 'One approval, with the exact request.',
    tag: 'approvals',
    may: 'approvals.read',
    answer: detail,
    run: ({ app, principal, params }) => getApproval(app, principal.workspaceId, params.id),
  }),
  route({
    method: 'post',
    path: '/approvals/{id}/approve',
    summary: 'Approve a call: once, or for a while also those like it.',
    tag: 'approvals',
    may: 'approvals.decide',
    body: z.strictObject({
      for: z.enum(['once', 'shape']).describe('`shape`: also calls of this agent to this tool on this account.'),
      minutes: z.int().min(1).max(1440).default(60).describe('How long `shape` lasts.'),
    }),
    answer: detail,
    async run({ app, principal, params, body, incoming }) {
      const extent = body.for === 'once' ? { for: body.for } : { for: body.for, minutes: body.minutes }
      return decided(
        app,
        principal,
        await approveCall(app, principal, { id: params.id, extent, address: clientAddress(app, incoming) }),
      )
    },
  }),
  route({
    method: 'post',
    path: '/approvals/{id}/deny',
    summary: 'Deny a call. The agent gets the word.',
    tag: 'approvals',
    may: 'approvals.decide',
    body: z.strictObject({ word: z.string().trim().max(500).default('').describe('Why not, or what instead.') }),
    answer: detail,
    async run({ app, principal, params, body, incoming }) {
      return decided(
        app,
        principal,
        await denyCall(app, principal, { id: params.id, ...body, address: clientAddress(app, incoming) }),
      )
    },
  }),
]

async function decided(app: App, { workspaceId }: MemberPrincipal, done: { id: string } | Fault) {
  return done instanceof Fault ? done : getApproval(app, workspaceId, done.id)
}
