import type { Item } from '../../api/send.ts'

export type ToolVersion = Pick<
  Item<'GET /tool-versions'>,
  'tool' | 'deprecation' | 'sunset' | 'mismatches' | 'mismatch'
>

/** What there is to know about the future and the answers of a tool. */
export type ToolNotice = { tool: string; words: string[] }

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
const named = new Intl.ListFormat('en', { type: 'conjunction' })
const namesMax = 2

/** The tools of which something was noticed, and what. Pure but for the zone. */
export function noticesOf(versions: readonly ToolVersion[], nowMs: number): ToolNotice[] {
  return versions
    .map(each => ({ tool: each.tool, words: wordsOf(each, nowMs) }))
    .filter(({ words }) => words.length > 0)
}

function wordsOf({ deprecation, sunset, mismatches, mismatch }: ToolVersion, nowMs: number): string[] {
  const words: string[] = []
  if (deprecation !== null) words.push(`Deprecated${since(deprecation, nowMs)}.`)
  const goneMs = sunset === null ? Number.NaN : Date.parse(sunset)
  if (!Number.isNaN(goneMs)) words.push(`${goneMs > nowMs ? 'Goes away' : 'Went away'} on ${day.format(goneMs)}.`)
  if (mismatches > 0) {
    const times = mismatches === 1 ? 'once' : `${mismatches} times`
    words.push(`Answered ${times} in another shape than promised in the last day${mismatch ? `: ${mismatch}` : ''}.`)
  }
  return words
}

/** The provider may say no more than that it is. */
function since(deprecation: string, nowMs: number): string {
  const atMs = Date.parse(deprecation)
  return Number.isNaN(atMs) ? '' : ` ${atMs > nowMs ? 'from' : 'since'} ${day.format(atMs)}`
}

/** `2 tools are deprecated: a and b. One answers differently: c.` Nothing where there is nothing to say. Pure. */
export function noticeSummary(versions: readonly ToolVersion[]): string {
  const leaving = versions.filter(({ deprecation, sunset }) => deprecation !== null || sunset !== null)
  const changed = versions.filter(({ mismatches }) => mismatches > 0)
  return [
    sentence(leaving, ['is deprecated', 'are deprecated']),
    sentence(changed, ['answers', 'answer'], ' differently'),
  ]
    .filter(Boolean)
    .join(' ')
}

function sentence(tools: readonly ToolVersion[], [one, several]: [string, string], more = ''): string {
  if (tools.length === 0) return ''
  const names = tools.slice(0, namesMax).map(({ tool }) => tool)
  const rest = tools.length - names.length
  const list = named.format(rest > 0 ? [...names, `${rest} more`] : names)
  return `${tools.length === 1 ? `1 tool ${one}` : `${tools.length} tools ${several}`}${more}: ${list}.`
}
