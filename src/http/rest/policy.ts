import * as z from 'zod'
import { addRule } from '../../calls/policy/add-rule.ts'
import { changeRule } from '../../calls/policy/change-rule.ts'
import { standard } from '../../calls/policy/decide-policy.ts'
import { explainPolicy } from '../../calls/policy/explain-policy.ts'
import { listRules } from '../../calls/policy/list-rules.ts'
import { orderRules } from '../../calls/policy/order-rules.ts'
import { removeRule } from '../../calls/policy/remove-rule.ts'
import { matchSchema } from '../../calls/policy/rule.ts'
import { newRule } from '../../calls/policy/rule-view.ts'
import { clientAddress } from '../client-address.ts'
import { route } from './route.ts'
import { environment, filter } from './schemas.ts'

const decision = z.enum(['allow', 'ask', 'deny'])
const named = z.object({ id: z.string(), name: z.string() })

const rule = z.object({
  id: z.string(),
  position: z.number(),
  name: z.string(),
  decision,
  match: matchSchema.nullable(),
  expiresAt: z.string().nullable(),
  createdBy: z.string().nullable(),
})

export const policyRoutes = [
  route({
    method: 'get',
    path: '/rules',
    summary: 'The rules of the workspace in their order, and what happens where none matches.',
    tag: 'policy',
    may: 'policy.read',
    answer: z.object({
      items: z.array(rule),
      standard: z.object({ read: decision, write: decision, destructive: decision }),
    }),
    run: async ({ app, principal }) => ({ items: await listRules(app.db, principal.workspaceId), standard }),
  }),
  route({
    method: 'post',
    path: '/rules',
    summary: 'Add a rule after all others.',
    tag: 'policy',
    may: 'policy.change',
    status: 201,
    body: newRule,
    answer: rule,
    run: ({ app, principal, body, incoming }) => addRule(app, principal, body, clientAddress(app, incoming)),
  }),
  route({
    method: 'post',
    path: '/rules/order',
    summary: 'Put the rules into an order. All of them have to be named.',
    tag: 'policy',
    may: 'policy.change',
    body: z.strictObject({ ids: z.array(z.string().max(100)).max(200) }),
    answer: z.object({ items: z.array(rule) }),
    run: ({ app, principal, body, incoming }) =>
      orderRules(app, principal, { ids: body.ids, address: clientAddress(app, incoming) }),
  }),
  route({
    method: 'put',
    path: '/rules/{id}',
    summary: 'Replace a rule. It keeps its position.',
    tag: 'policy',
    may: 'policy.change',
    body: newRule,
    answer: rule,
    run: ({ app, principal, params, body, incoming }) =>
      changeRule(app, principal, { id: params.id, rule: body, address: clientAddress(app, incoming) }),
  }),
  route({
    method: 'delete',
    path: '/rules/{id}',
    summary: 'Remove a rule.',
    tag: 'policy',
    may: 'policy.change',
    answer: z.object({ id: z.string() }),
    run: ({ app, principal, params, incoming }) =>
      removeRule(app, principal, { id: params.id, address: clientAddress(app, incoming) }),
  }),
  route({
    method: 'post',
    path: '/policy/explain',
    summary: 'Which rule would decide about a call, and why. Calls nothing.',
    tag: 'policy',
    may: 'policy.read',
    body: z.strictObject({
      agentId: filter.min(1).optional().describe('Id of the agent that would call.'),
      tool: filter.min(1),
      arguments: z.looseObject({}).default({}),
      connection: z.string().min(1).max(100).optional().describe('Id or label.'),
      environment: environment.optional().describe('`live` unless said.'),
    }),
    answer: z.object({
      decision,
      rule: named.nullable(),
      because: z.string(),
      steps: z.array(z.object({ rule: named, matched: z.boolean(), why: z.string() })),
      notes: z.array(z.string()).describe('What is not as it would be in a real call.'),
    }),
    run: ({ app, principal, body }) => explainPolicy(app, principal.workspaceId, body),
  }),
]
