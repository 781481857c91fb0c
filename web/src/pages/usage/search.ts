const texts = ['agent', 'connection', 'provider', 'tool', 'since', 'until', 'before'] as const
const outcomes = ['succeeded', 'failed', 'unknown'] as const
const environments = ['live', 'test'] as const
/** Ranges that end now. */
const lastMs = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 }

export type Last = keyof typeof lastMs
type Text = (typeof texts)[number]

/** Which calls the page shows, as its address says it. `last` is a range that ends now; `since` and `until` are fixed times. */
export type UsageSearch = { [K in Text]?: string } & {
  outcome?: (typeof outcomes)[number]
  environment?: (typeof environments)[number]
  last?: Last
  /** `open`: the calls that have not ended, which no filter narrows. */
  view?: 'open'
}

/** Reads the address; what makes no sense is left out. Pure. */
export function usageSearch(raw: Record<string, unknown>): UsageSearch {
  const given = texts.flatMap(name => {
    const value = raw[name]
    // A text of digits alone is read as a number from an address.
    return (typeof value === 'string' && value) || typeof value === 'number' ? [[name, String(value)]] : []
  })
  const outcome = outcomes.find(each => each === raw.outcome)
  const environment = environments.find(each => each === raw.environment)
  const last = typeof raw.last === 'string' && isLast(raw.last) ? raw.last : undefined
  return {
    ...Object.fromEntries(given),
    ...(outcome && { outcome }),
    ...(environment && { environment }),
    ...(last && { last }),
    ...(raw.view === 'open' && { view: 'open' }),
  }
}

const isLast = (text: string): text is Last => Object.hasOwn(lastMs, text)

/** The same as the query of GET /usage/summary, and with `next` that of GET /usage. Pure. */
export function filterOf({ last, before: _, view: __, ...search }: UsageSearch, nowMs: number) {
  return { ...search, ...(last && { since: new Date(nowMs - lastMs[last]).toISOString() }) }
}

/** How many filters narrow what is shown; where the page starts is none. Pure. */
export function countFilters({ before: _, view: __, since, until, ...search }: UsageSearch): number {
  return Object.keys(search).length + (since || until ? 1 : 0)
}
