import type { Tool } from './catalog.ts'
import type { Page, PageSize } from './define.ts'
import { valueAt, withValueAt } from './paths.ts'
import type { ProviderRequest } from './request.ts'

/** What paging needs to know of a tool. */
export type PagedTool = Pick<Tool, 'page' | 'inUrl'>

/** One page as it came. `url`: what asked for it, which says where a count stands. `count`: records in it, if it is a list. */
export type PageAnswer = {
  url: string
  linkHeader?: string | undefined
  body: unknown
  count?: number | undefined
}

/** What names a page, as the provider gave it. */
type Place = Record<string, PlaceValue>
type PlaceValue = string | number | string[]

/**
 * The opaque `next` of an answer, or undefined on the last page. The path, the host, the credential and the arguments of
 * the next request come from the tool and its caller; `next` says only what those do not, so a forged one reaches nothing else.
 */
export function nextPage({ page, inUrl }: PagedTool, answer: PageAnswer): string | undefined {
  const place = page && nextPlace(page, answer)
  const kept = place && ownPart(page, inUrl, place)
  return kept && Buffer.from(JSON.stringify(kept)).toString('base64url')
}

/** The request for the page that `next` names, or undefined when `next` is not one of this tool. */
export function requestPage(
  { page, inUrl }: PagedTool,
  request: ProviderRequest,
  next: string,
): ProviderRequest | undefined {
  const given = page && decode(next)
  const place = given && ownPart(page, new Set([...inUrl, ...queryNames(request.url)]), given)
  if (!place) return undefined
  const [value] = Object.values(place)
  if (page.kind === 'cursor' && page.place === 'body') {
    const body: unknown = JSON.parse(request.body ?? '{}')
    return { ...request, body: JSON.stringify(withValueAt(body, page.param.split('.'), value)) }
  }
  return { ...request, url: withQuery(request.url, place) }
}

/** What the request for the rest takes, where that is one of its own; undefined when `next` is not one of this tool. */
export function restInputs({ page, inUrl }: PagedTool, next: string): Record<string, unknown> | undefined {
  const given = page && decode(next)
  return given && ownPart(page, inUrl, given)
}

function nextPlace(page: Page, { url, linkHeader, body, count }: PageAnswer): Place | undefined {
  switch (page.kind) {
    case 'link':
      return queryOf(linkTarget(linkHeader, 'next', page.only))
    case 'body_link':
      return queryOf(valueAt(body, page.next))
    case 'cursor': {
      const value = valueAt(body, page.next)
      const more = page.more === undefined || valueAt(body, page.more) !== false
      return more && isCursor(value) ? { [page.param]: placed(page.place, value) } : undefined
    }
    case 'number': {
      const number = numberIn(url, page.param) ?? page.first
      const pages = page.pages === undefined ? undefined : valueAt(body, page.pages)
      const more = typeof pages === 'number' ? number - page.first + 1 < pages : !isLast(count, page.size, url)
      return more ? { [page.param]: String(number + 1) } : undefined
    }
    case 'offset': {
      const to = (numberIn(url, page.param) ?? 0) + (count ?? 0)
      const total = page.total === undefined ? undefined : valueAt(body, page.total)
      const more = typeof total === 'number' ? count && to < total : !isLast(count, page.size, url)
      return more ? { [page.param]: String(to) } : undefined
    }
  }
}

/** A path takes one segment: of a URL that leads to the rest, the last one. */
function placed(place: 'query' | 'body' | 'path', value: string | number): string | number {
  if (place === 'body') return value
  return place === 'path' ? String(value).replace(/^.*\//s, '') : String(value)
}

/** The part of a place that this kind of page may say; undefined when it says something else, or nothing. */
function ownPart(page: Page, taken: ReadonlySet<string>, place: Place): Place | undefined {
  const entries = Object.entries(place)
  if (page.kind === 'link' || page.kind === 'body_link') {
    const kept = entries.filter(([name]) => !taken.has(name))
    return kept.length && kept.every(([, value]) => typeof value !== 'number') ? Object.fromEntries(kept) : undefined
  }
  const [name, value] = entries[0] ?? []
  if (entries.length !== 1 || name !== page.param) return undefined
  if (page.kind === 'cursor') return (page.place === 'body' ? isCursor(value) : isText(value)) ? place : undefined
  return isText(value) && /^\d{1,15}$/.test(value) ? place : undefined
}

/** Without a list, nothing says that there is more. */
function isLast(count: number | undefined, size: PageSize | undefined, url: string): boolean {
  if (!count) return true
  if (!size) return false
  return count < ((size.param === undefined ? undefined : numberIn(url, size.param)) ?? size.default)
}

function queryOf(url: unknown): Place | undefined {
  const parsed = typeof url === 'string' && url !== '' ? URL.parse(url, 'http://relative.invalid') : null
  if (!parsed?.search) return undefined
  const names = new Set(parsed.searchParams.keys())
  return Object.fromEntries(
    [...names].map(name => {
      const [first = '', ...more] = parsed.searchParams.getAll(name)
      return [name, more.length ? [first, ...more] : first]
    }),
  )
}

/** Says these parameters in place of those of the same names, and leaves all others as they are written. */
function withQuery(url: string, place: Place): string {
  const [path = '', query = ''] = url.split(/\?(.*)/s, 2)
  const others = query.split('&').filter(pair => {
    const [name] = new URLSearchParams(pair).keys()
    return name !== undefined && !Object.hasOwn(place, name)
  })
  const said = Object.entries(place).flatMap(([name, value]) =>
    [value].flat().map(each => `${encoded(name).replaceAll('%24', '$')}=${encoded(String(each))}`),
  )
  return `${path}?${[...others, ...said].join('&')}`
}

const queryNames = (url: string) => URL.parse(url)?.searchParams.keys() ?? []

const encoded = (text: string) => encodeURIComponent(text.toWellFormed())

function numberIn(url: string, param: string): number | undefined {
  const text = URL.parse(url)?.searchParams.get(param) ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isCursor = (value: unknown): value is string | number => isText(value) || Number.isFinite(value)

/** The target of the link with this relation, and this parameter if one is named, in a Link header (RFC 8288, section 3). */
export function linkTarget(
  header: string | undefined,
  relation: string,
  only?: readonly [parameter: string, value: string],
): string | undefined {
  for (const [, target, text = ''] of (header ?? '').matchAll(
    /<([^<>]*)>((?:\s*;\s*[^,;="]+(?:=\s*(?:"[^"]*"|[^",;]*))?)*)/g,
  )) {
    const rel = parameterOf(text, 'rel') ?? ''
    if (rel.split(/\s+/).includes(relation) && (!only || parameterOf(text, only[0]) === only[1])) return target
  }
  return undefined
}

/** The first parameter of this name: their names are in any case, and later ones of the same name do not count. */
function parameterOf(text: string, name: string): string | undefined {
  for (const [, key = '', quoted, plain] of text.matchAll(/;\s*([^,;="\s]+)\s*(?:=\s*(?:"([^"]*)"|([^",;]*)))?/g)) {
    if (key.toLowerCase() === name) return quoted ?? plain?.trim() ?? ''
  }
  return undefined
}

function decode(next: string): Place | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(next, 'base64url').toString('utf8'))
    if (!value || typeof value !== 'object' || Array.isArray(value)) return undefined
    const entries = Object.entries(value)
    return entries.length && entries.every(isPlaceEntry) ? Object.fromEntries(entries) : undefined
  } catch {
    return undefined
  }
}

function isPlaceEntry(entry: [string, unknown]): entry is [string, PlaceValue] {
  const [, value] = entry
  return (
    typeof value === 'string' ||
    Number.isFinite(value) ||
    (Array.isArray(value) && value.every(each => typeof each === 'string'))
  )
}
