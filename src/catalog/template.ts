/**
 * Request templates, a small part of RFC 6570: `{a}` in the path, `{+a}` with its slashes kept, `{?b,c}` in the query.
 * Parsed once when the catalogue is built; filling one in is pure string work on the call path.
 */
export type Template = { method: string; parts: readonly Part[] }
type Part = { text: string } | { segment: string; slashes: boolean } | { query: readonly string[] }

/** Throws on a template that no connector may contain: a mistake of ours, found when the catalogue is built. */
export function parseTemplate(request: string): Template {
  const space = request.indexOf(' ')
  const method = request.slice(0, space)
  const path = request.slice(space + 1)
  if (!/^(GET|HEAD|POST|PUT|PATCH|DELETE)$/.test(method) || !path.startsWith('/')) {
    throw new Error(`not a request template: "${request}"`)
  }
  const parts: Part[] = []
  let at = 0
  for (const group of path.matchAll(/\{([?+]?)([A-Za-z0-9_,]+)\}/g)) {
    if (group.index > at) parts.push({ text: path.slice(at, group.index) })
    const names = group[2]?.split(',') ?? []
    if (group[1] === '?') parts.push({ query: names })
    else for (const name of names) parts.push({ segment: name, slashes: group[1] === '+' })
    at = group.index + group[0].length
  }
  if (at < path.length) parts.push({ text: path.slice(at) })
  return { method, parts }
}

/** The inputs that belong into the path: without them there is no URL, so they are required. */
export function pathInputs(template: Template): string[] {
  return template.parts.flatMap(part => ('segment' in part ? [part.segment] : []))
}

/** The inputs that the URL takes; all others go into the body. */
export function urlInputs(template: Template): Set<string> {
  return new Set(
    template.parts.flatMap(part => ('segment' in part ? [part.segment] : 'query' in part ? part.query : [])),
  )
}

/** A path input that would change which resource the URL names, or cannot be said in a URL. */
export type BadInput = { field: string; problem: string }

/** Fills in the path and query. Refuses empty, `.` and `..` segments: URL parsing would walk up (WHATWG URL, 4.4). */
export function fillTemplate(template: Template, args: Record<string, unknown>): string | BadInput {
  let url = ''
  let query = ''
  for (const part of template.parts) {
    if ('text' in part) url += part.text
    else if ('segment' in part) {
      const value = String(args[part.segment] ?? '')
      let separator = ''
      for (const segment of part.slashes ? value.split('/') : [value]) {
        if (segment === '' || segment === '.' || segment === '..') {
          return {
            field: part.segment,
            problem: `must not be or contain ${segment ? `"${segment}"` : 'an empty segment'}`,
          }
        }
        if (!segment.isWellFormed()) return { field: part.segment, problem: 'must be well-formed Unicode' }
        url += separator + encodeURIComponent(segment)
        separator = '/'
      }
    } else {
      for (const name of part.query) {
        const value = args[name]
        if (value === undefined || value === null) continue
        for (const item of Array.isArray(value) ? value : [value]) {
          const text = typeof item === 'object' && item !== null ? JSON.stringify(item) : String(item)
          query += `${query || url.includes('?') ? '&' : '?'}${encodeURIComponent(name)}=${encodeURIComponent(text.toWellFormed())}`
        }
      }
    }
  }
  return url + query
}
