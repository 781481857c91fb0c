import type { Effect } from '../../core/effect.ts'
import { matchRule } from './match-rule.ts'
import type { CallFacts, Decision, PolicyDecision, Rule } from './rule.ts'

/** What happens where no rule matches. */
export const standard = { read: 'allow', write: 'allow', destructive: 'ask' } as const satisfies Record<
  Effect,
  Decision
>

export const askedByStandard = 'No rule matches, and what destroys needs approval by standard.'
/** Why a call has to be approved that a rule of this name asks about. */
export const asks = (ruleName: string) => `The rule "${ruleName}" asks for approval.`

const byStandard: Record<Effect, PolicyDecision> = {
  read: { decision: standard.read, rule: null, because: 'No rule matches, and reading is allowed by standard.' },
  write: { decision: standard.write, rule: null, because: 'No rule matches, and writing is allowed by standard.' },
  destructive: {
    decision: standard.destructive,
    rule: null,
    because: askedByStandard,
  },
}

/**
 * What the workspace decides about a call: the first rule that matches, in their order, else the standard. A rule whose
 * time is over matches nothing. Pure.
 */
export function decidePolicy(rules: readonly Rule[], facts: CallFacts, nowMs: number): PolicyDecision {
  for (const rule of rules) {
    if (matchRule(rule, facts, nowMs).matched) return decisionOf(rule)
  }
  return byStandard[facts.effect]
}

function decisionOf({ id, name, decision }: Rule): PolicyDecision {
  const because =
    decision === 'ask' ? asks(name) : `The rule "${name}" ${decision === 'allow' ? 'allows' : 'denies'} it.`
  return { decision, rule: { id, name }, because }
}
