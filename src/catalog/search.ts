import MiniSearch from 'minisearch'
import type { Tool } from './catalog.ts'

export type Search = {
  /** The tools that fit the words best, best first. `score` only compares hits of one search. */
  find(query: string, limit: number, only?: Found): { tool: Tool; score: number }[]
  /** The names that a wrong name most likely meant, best first. */
  nearest(name: string, limit: number): string[]
}

/** `keep`: which tools may be found at all. `preferred`: providers whose tools win over others that fit as well. */
type Found = { keep?: (tool: Tool) => boolean; preferred?: ReadonlySet<string> }

/** How much better a tool of a preferred provider counts: enough to win among equals, not to bring up what does not fit. */
const preference = 2

/** Longer than the name of any tool. Each word more is looked for among all that there are, while everybody else waits. */
const nameMax = 100

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)

/** Each word is looked for by itself: one that comes a hundred times would take a hundred times as long. */
const once = (all: readonly string[]): string[] => [...new Set(all)]

/** Words that people and models use for each other. Each group is searched as if the others had been written too. */
const synonyms = [
  ['issue', 'issues', 'ticket', 'bug', 'task'],
  ['mail', 'email', 'message', 'messages', 'inbox'],
  ['pull', 'pr', 'merge'],
  ['repo', 'repository', 'repositories', 'project', 'projects'],
  ['create', 'open', 'add', 'new', 'make'],
  ['list', 'show', 'all', 'browse'],
  ['get', 'read', 'fetch', 'view'],
  ['delete', 'remove', 'trash'],
  ['update', 'edit', 'change', 'close'],
  ['send', 'write', 'post'],
  ['payment', 'payments', 'charge', 'charges', 'invoice'],
]

/** Full-text search (BM25+) over names, descriptions and argument names. The index is built at the first search. */
export function createSearch(allTools: () => readonly Tool[]): Search {
  let made: { index: MiniSearch; byName: ReadonlyMap<string, Tool> } | undefined
  const ready = () => {
    if (made) return made
    const tools = allTools()
    made = { index: buildIndex(tools), byName: new Map(tools.map(tool => [tool.name, tool])) }
    return made
  }
  return {
    find(query, limit, { keep = () => true, preferred = new Set() } = {}) {
      const { index, byName } = ready()
      const asked = once(words(query))
      const related = synonyms
        .filter(group => group.some(word => asked.includes(word)))
        .flat()
        .filter(word => !asked.includes(word))
      const scores = new Map<string, number>()
      const add = (terms: string[], weight: number) => {
        for (const hit of index.search(terms.join(' ')))
          scores.set(hit.id, (scores.get(hit.id) ?? 0) + hit.score * weight)
      }
      if (asked.length) add(asked, 1)
      if (related.length) add(related, 0.25)
      const hits = [...scores].flatMap(([name, score]) => {
        const tool = byName.get(name)
        if (!tool || !keep(tool)) return []
        return [{ tool, score: preferred.has(tool.provider.slug) ? score * preference : score }]
      })
      const exact = ({ tool }: { tool: Tool }) => Number(words(tool.name).join(' ') === asked.join(' '))
      return hits
        .sort((a, b) => exact(b) - exact(a) || b.score - a.score || a.tool.name.localeCompare(b.tool.name))
        .slice(0, limit)
    },
    nearest(name, limit) {
      const asked = once(words(name.slice(0, nameMax))).join(' ')
      return ready()
        .index.search(asked, { fields: ['name'], fuzzy: 0.34, prefix: true })
        .slice(0, limit)
        .map(hit => String(hit.id))
    },
  }
}

function buildIndex(tools: readonly Tool[]): MiniSearch {
  const index = new MiniSearch({
    fields: ['name', 'about', 'inputs'],
    tokenize: words,
    searchOptions: { boost: { name: 3, about: 1.5, inputs: 0.5 }, fuzzy: 0.15, prefix: true },
  })
  index.addAll(
    tools.map(tool => ({
      id: tool.name,
      name: tool.name,
      about: tool.row.about,
      inputs: Object.keys((tool.inputSchema().properties as object | undefined) ?? {}).join(' '), // JSON Schema: an object
    })),
  )
  return index
}
