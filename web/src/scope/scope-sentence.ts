import { allEffects, type Effect, type Environment, type Scope } from './draft.ts'

/** What a key is allowed, and until when. */
export type Allowance = {
  environment: Environment
  scope: Scope
  callsPerMinute: number | null
  callsPerDay: number | null
  /** undefined to say nothing about the end; null: it has none. */
  endsAt?: Date | null
}

/** The names that people know apps and connections by. */
export type Names = {
  provider(slug: string): string
  connection(id: string): string
}

const verbs: Record<Effect, string> = { read: 'read from', write: 'write to', destructive: 'destroy things in' }

/** What the choice amounts to, in plain words: “May read from GitHub with every live connection, until …”. Pure. */
export function scopeSentence({ environment, scope, endsAt, ...limits }: Allowance, names: Names): string {
  const { effects = allEffects, providers, connections, tools, manageConnections = false } = scope
  if ([effects, providers, connections, tools].some(list => list?.length === 0))
    return manageConnections ? 'May call nothing, only add and remove connections.' : 'May do nothing.'
  const does = inWords(allEffects.filter(effect => effects.includes(effect)).map(effect => verbs[effect]))
  const ends = endsAt === undefined ? '' : endsAt === null ? ', until it is revoked' : `, until ${longDate(endsAt)}`
  const parts = [
    `May ${does} ${providers ? someOf(providers.map(names.provider), 'apps') : 'every app'}`,
    tools && `by ${someOf(tools, 'named tools')} only`,
    `with ${connectionsInWords(environment, connections?.map(names.connection))}`,
    manageConnections && 'and add and remove connections',
  ]
  return `${parts.filter(Boolean).join(' ')}${limitsInWords(limits)}${ends}.`
}

function connectionsInWords(environment: Environment, labels: string[] | undefined): string {
  if (!labels) return `every ${environment} connection`
  const [first, ...more] = labels.map(label => `“${label}”`)
  if (more.length === 0) return `the ${environment} connection ${first}`
  return more.length < 3
    ? `the ${environment} connections ${inWords(labels.map(label => `“${label}”`))}`
    : `${labels.length} chosen ${environment} connections`
}

function limitsInWords({ callsPerMinute, callsPerDay }: Pick<Allowance, 'callsPerMinute' | 'callsPerDay'>): string {
  const limits = [
    ...(callsPerMinute === null ? [] : [`${callsPerMinute.toLocaleString('en')} a minute`]),
    ...(callsPerDay === null ? [] : [`${callsPerDay.toLocaleString('en')} a day`]),
  ]
  return limits.length === 0 ? '' : `, at most ${limits.join(' and ')}`
}

/** Up to three by name, more by number. */
const someOf = (names: string[], what: string) => (names.length > 3 ? `${names.length} ${what}` : inWords(names))

/** “one”, “one and two”, “one, two and three”. */
function inWords(words: readonly string[]): string {
  const [last = '', ...before] = words.toReversed()
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`
}

/** Such as “19 February 2027”, where this browser is. */
export function longDate(date: Date): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }).format(date)
}
