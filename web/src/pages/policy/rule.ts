import type { Item, Parts } from '../../api/send.ts'

export type Rule = Item<'GET /rules'>
export type NewRule = Parts<'POST /rules'>['body']
export type Match = NewRule['match']
export type Condition = NonNullable<Match['arguments']>[number]
export type Decision = Rule['decision']

/** How a decision reads and looks. */
export const decisionLook = {
  allow: { label: 'Allow', tone: 'good' },
  ask: { label: 'Ask', tone: 'warn' },
  deny: { label: 'Deny', tone: 'bad' },
} as const satisfies Record<Decision, { label: string; tone: string }>

export const conditionWords = {
  equals: 'is',
  oneOf: 'is one of',
  domainIn: 'has the domain',
  above: 'is above',
  below: 'is below',
  matches: 'looks like',
} as const satisfies Record<Condition['is'], string>

/** What a rule is about, in one sentence. `names` turns ids into what people call them. */
export function sentence(match: Rule['match'], names: (id: string) => string): string {
  if (!match) return 'This rule cannot be read: it allows nothing, and asks about or denies everything.'
  const { agents, connections, providers, tools, effects, environments, arguments: conditions, moreThan } = match
  const list = (items: readonly string[]) => items.join(' or ')
  const parts = [
    effects ? `${list(effects)} calls` : 'every call',
    tools && `to ${list(tools)}`,
    providers && `at ${list(providers)}`,
    connections && `on ${list(connections.map(names))}`,
    agents && `by ${list(agents.map(names))}`,
    environments && `in ${list(environments)}`,
    ...(conditions ?? []).map((condition, i) => `${i ? 'and' : 'where'} ${conditionSentence(condition)}`),
    moreThan !== undefined && `with more than ${moreThan} items at once`,
  ]
  const text = parts.filter(Boolean).join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function conditionSentence({ path, is, value }: Condition): string {
  return `${path} ${conditionWords[is]} ${Array.isArray(value) ? value.join(' or ') : String(value)}`
}
