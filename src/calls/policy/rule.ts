import * as z from 'zod'
import type { Environment } from '../../accounts/principal.ts'
import type { Effect } from '../../core/effect.ts'

export type Decision = 'allow' | 'ask' | 'deny'

const scalar = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])
/** `to`, `labels.*.name`, or several that count as one: `to, cc, bcc`. */
const path = z
  .string()
  .max(500)
  .regex(/^\s*[^\s.,]+(\.[^\s.,]+)*(\s*,\s*[^\s.,]+(\.[^\s.,]+)*)*\s*$/, 'must be a path such as to or labels.*.name')
const domain = z
  .string()
  .max(255)
  .regex(/^(\*\.)?[^\s@*,;:/\\]+$/, 'must be a domain such as example.com or *.example.com')

const condition = z.discriminatedUnion('is', [
  z.strictObject({ path, is: z.literal('equals'), value: scalar }),
  z.strictObject({ path, is: z.literal('oneOf'), value: z.array(scalar).min(1).max(200) }),
  z.strictObject({ path, is: z.literal('domainIn'), value: z.array(domain).min(1).max(200) }),
  z.strictObject({ path, is: z.literal('above'), value: z.number() }),
  z.strictObject({ path, is: z.literal('below'), value: z.number() }),
  z.strictObject({ path, is: z.literal('matches'), value: z.string().min(1).max(200) }),
])

/** An empty list would match nothing, which is never meant. */
const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(200).optional()
const name = z.string().min(1).max(100)

/** Which calls a rule is about. What is absent matches all; everything that is there has to fit. */
export const matchSchema = z.strictObject({
  agents: list(name).describe('Ids of agents.'),
  connections: list(name).describe('Ids of connections.'),
  providers: list(name),
  tools: list(name).describe('Names of tools; `*` stands for any characters.'),
  effects: list(z.enum(['read', 'write', 'destructive'])),
  environments: list(z.enum(['live', 'test'])),
  arguments: z.array(condition).min(1).max(20).optional().describe('Conditions that all have to hold.'),
  moreThan: z.int().min(0).optional().describe('How many items the largest list in the arguments has more than.'),
})

export type RuleMatch = z.output<typeof matchSchema>
export type Condition = z.output<typeof condition>

/** A rule as it decides. */
export type Rule = {
  id: string
  name: string
  decision: Decision
  /** Null when what is stored cannot be read: such a rule allows nothing, and asks or denies everything. */
  match: RuleMatch | null
  expiresAt: number | null
}

/** What a decision is made from. */
export type CallFacts = {
  agentId: string
  provider: string
  tool: string
  effect: Effect
  environment: Environment
  connectionId: string
  /** As they will be sent. */
  args: Record<string, unknown>
}

export type PolicyDecision = {
  decision: Decision
  /** Null when no rule matched and the standard decided. */
  rule: { id: string; name: string } | null
  because: string
}
