import { conditionOf, valueText } from './condition-text.ts'
import type { Condition, Decision, Match, NewRule, Rule } from './rule.ts'

/** A condition while it is typed. */
export type DraftCondition = { path: string; is: Condition['is']; text: string }

/** A rule while it is edited: everything as it stands in the form. */
export type Draft = {
  name: string
  decision: Decision
  effects: string[]
  providers: string[]
  agents: string[]
  connections: string[]
  environments: string[]
  /** Names or patterns, separated by commas or line breaks. */
  tools: string
  conditions: DraftCondition[]
  moreThan: string
  /** As a date input gives it, or empty. */
  until: string
}

export function draftOf(rule: Rule | undefined): Draft {
  const match = rule?.match ?? {}
  return {
    name: rule?.name ?? '',
    decision: rule?.decision ?? 'ask',
    effects: match.effects ?? [],
    providers: match.providers ?? [],
    agents: match.agents ?? [],
    connections: match.connections ?? [],
    environments: match.environments ?? [],
    tools: match.tools?.join('\n') ?? '',
    conditions: match.arguments?.map(each => ({ path: each.path, is: each.is, text: valueText(each) })) ?? [],
    moreThan: match.moreThan === undefined ? '' : String(match.moreThan),
    until: rule?.expiresAt?.slice(0, 10) ?? '',
  }
}

/** The rule that a draft stands for. What is left empty is left out: it matches everything. */
export function ruleOfDraft(draft: Draft): NewRule {
  const tools = draft.tools.split(/[\s,]+/).filter(Boolean)
  const match: Match = {
    ...listed('effects', draft.effects as NonNullable<Match['effects']>), // the values of the form's own boxes
    ...listed('providers', draft.providers),
    ...listed('agents', draft.agents),
    ...listed('connections', draft.connections),
    ...listed('environments', draft.environments as NonNullable<Match['environments']>), // likewise
    ...listed('tools', tools),
    ...listed(
      'arguments',
      draft.conditions.map(({ path, is, text }) => conditionOf(path.trim(), is, text)),
    ),
    ...(draft.moreThan.trim() !== '' && { moreThan: Number(draft.moreThan) }),
  }
  const expiresAt = draft.until ? new Date(`${draft.until}T23:59:59`).toISOString() : null
  return { name: draft.name.trim(), decision: draft.decision, match, expiresAt }
}

function listed<K extends string, T>(name: K, items: T[]): { [P in K]?: T[] } {
  return items.length ? ({ [name]: items } as { [P in K]: T[] }) : {} // a computed name loses its literal type
}
