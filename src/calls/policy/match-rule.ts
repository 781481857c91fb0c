import { checkCondition } from './check-condition.ts'
import { largestList } from './largest-list.ts'
import { matchesGlob } from './match-glob.ts'
import type { CallFacts, Rule, RuleMatch } from './rule.ts'

/** Whether a rule is about a call, and in words what decided that. */
export type Matched = { matched: boolean; why: string }

/**
 * Whether this rule is about this call. Pure. In a rule that allows, conditions are read narrowly: they have to hold for
 * every value, exactly as it is written. In one that asks or denies they are read widely: one value is enough, however it
 * is spelled. So nothing slips past by hiding among others.
 */
export function matchRule({ decision, match, expiresAt }: Rule, facts: CallFacts, nowMs: number): Matched {
  if (expiresAt !== null && expiresAt <= nowMs) return no('its time is over')
  const narrow = decision === 'allow'
  if (!match)
    return narrow ? no('it cannot be read') : { matched: true, why: 'It cannot be read, so it counts for all.' }
  const differs = otherCall(match, facts)
  if (differs) return no(differs)
  for (const condition of match.arguments ?? []) {
    const { holds, why } = checkCondition(condition, facts.args, narrow)
    if (!holds) return no(why)
  }
  if (match.moreThan !== undefined) {
    const largest = largestList(facts.args, narrow)
    if (largest <= match.moreThan) return no(`its largest list has ${largest} items, not more than ${match.moreThan}`)
  }
  return { matched: true, why: 'Everything fits.' }
}

function otherCall(match: RuleMatch, facts: CallFacts): string | undefined {
  const { agents, connections, providers, tools, effects, environments } = match
  if (agents && !agents.includes(facts.agentId)) return 'another agent'
  if (connections && !connections.includes(facts.connectionId)) return 'another connection'
  if (providers && !providers.includes(facts.provider)) return 'another provider'
  if (tools && !tools.some(pattern => matchesGlob(pattern, facts.tool))) return 'another tool'
  if (effects && !effects.includes(facts.effect)) return `the tool's effect is ${facts.effect}`
  if (environments && !environments.includes(facts.environment)) return `the environment is ${facts.environment}`
  return undefined
}

const no = (why: string): Matched => ({ matched: false, why: `Not matched: ${why}.` })
