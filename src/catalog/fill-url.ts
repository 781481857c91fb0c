/** What a connection knows besides its credential: typed in, or told by the provider. Nothing secret. */
export type Values = Readonly<Record<string, string>>

/** A value that would lead somewhere else than the URL's author meant, or that is not there. */
export type BadValue = { field: string; problem: string }

const placeholder = /\{([A-Za-z0-9_]+)\}/g
const isName = /^[A-Za-z0-9_]+$/
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const names = new RegExp(`^${label}(?:\\.${label})*$`)
const hostAndPort = new RegExp(`^${label}(?:\\.${label})*(?::\\d{1,5})?$`)

/**
 * Fills `{names}` in a URL. A value in the host may be host names only, one in the path or query is encoded, and one that
 * the URL begins with has to be a web address itself. Where a value decides on the whole host, that has to be one of
 * `hosts` (`login.example.com`, `*.example.com`), if there are any. `{base}`, which no person types in, is taken as it is.
 */
export function fillUrl(template: string, values: Values, hosts?: readonly string[]): string | BadValue {
  const start = /^\{([A-Za-z0-9_]+)\}/.exec(template)?.[1]
  if (start) return fillFrom(start, template, values, hosts)
  const hostEnd = /^https?:\/\/[^/?#]*/.exec(template)?.[0].length ?? 0
  const scheme = template.indexOf('//') + 2
  const hostTemplate = template.slice(scheme, hostEnd)
  const whole = /^\{([A-Za-z0-9_]+)\}$/.exec(hostTemplate)?.[1]
  const host = fill(hostTemplate, values, value => ((whole ? hostAndPort : names).test(value) ? value : undefined))
  if (typeof host !== 'string') return host
  if (whole && !isOneOf(host, hosts)) return { field: whole, problem: `must be a host such as ${hosts?.join(' or ')}` }
  const rest = fill(template.slice(hostEnd), values, encoded)
  return typeof rest === 'string' ? template.slice(0, scheme) + host + rest : rest
}

/** Fills `{names}` in a text that is no URL, such as a header. Undefined when one is not known. */
export function fillText(template: string, lookUp: (name: string) => string | undefined): string | undefined {
  // Every request has its credential put in by this: to look for the braces takes a fraction of what `replace` does.
  let text = ''
  let at = 0
  for (let open = template.indexOf('{'); open >= 0; open = template.indexOf('{', open + 1)) {
    const close = template.indexOf('}', open)
    const name = template.slice(open + 1, close)
    if (close < 0 || !isName.test(name)) continue
    const value = lookUp(name)
    if (value === undefined) return undefined
    text += template.slice(at, open) + value
    at = close + 1
  }
  return text + template.slice(at)
}

/** The names in a template. */
export const namesIn = (template: string): string[] => [...template.matchAll(placeholder)].map(([, name = '']) => name)

function fillFrom(start: string, template: string, values: Values, hosts?: readonly string[]): string | BadValue {
  const base = values[start]
  if (base === undefined) return missing(start)
  const rest = fill(template.slice(start.length + 2), values, encoded)
  if (typeof rest !== 'string') return rest
  if (start === 'base') return base + rest
  const url = URL.parse(base)
  // What a provider tells leads to its own hosts, and those have TLS; a person's own server may be without.
  const secure = url?.protocol === 'https:' || (!hosts && url?.protocol === 'http:')
  const clean = secure && !url.username && !url.password && !url.search && !url.hash
  if (!clean || !hostAndPort.test(url.host)) return { field: start, problem: 'must be a web address' }
  if (!isOneOf(url.host, hosts)) return { field: start, problem: `must be at a host such as ${hosts?.join(' or ')}` }
  return url.href.replace(/\/+$/, '') + rest
}

function fill(template: string, values: Values, written: (value: string) => string | undefined): string | BadValue {
  let bad: BadValue | undefined
  const filled = template.replace(placeholder, (_, name: string) => {
    const value = values[name]
    if (value === undefined || value === '') bad ??= missing(name)
    const text = value === undefined ? undefined : written(value)
    if (text === undefined) bad ??= { field: name, problem: 'holds a character that does not belong there' }
    return text ?? ''
  })
  return bad ?? filled
}

const missing = (field: string): BadValue => ({ field, problem: 'is missing' })

function encoded(value: string): string | undefined {
  return value === '.' || value === '..' || !value.isWellFormed() ? undefined : encodeURIComponent(value)
}

function isOneOf(host: string, hosts: readonly string[] | undefined): boolean {
  const lower = host.toLowerCase()
  return !hosts || hosts.some(each => (each.startsWith('*.') ? lower.endsWith(each.slice(1)) : lower === each))
}
