import { type Answer, invalid } from './answer.ts'

const largestPage = 100

/**
 * The page after `?cursor=`, newest first, of rows in order of creation. Ids grow with creation, so a cursor is the last
 * id given: rows that come or go in between are neither repeated nor skipped. `next` is null on the last page.
 */
export function pageByCursor<T extends { id: string }>(
  rows: readonly T[],
  query: URLSearchParams,
  defaultSize: number,
  matches: (row: T) => boolean = () => true,
): { rows: T[]; next: string | null } | Answer {
  const size = count(query, 'limit', defaultSize, largestPage)
  if (size === undefined) return invalid([{ field: 'limit', message: `must be a number from 1 to ${largestPage}` }])
  const cursor = query.get('cursor')
  const before = cursor === null ? undefined : decode(cursor)
  if (before === '') return invalid([{ field: 'cursor', message: 'must be a next_cursor of an earlier answer' }])

  const page: T[] = []
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at]
    if (!row || (before !== undefined && row.id >= before) || !matches(row)) continue
    const last = page.at(-1)
    if (page.length === size && last) return { rows: page, next: encode(last.id) }
    page.push(row)
  }
  return { rows: page, next: null }
}

/** The page `?page=` of `?per_page=` rows, with the Link header (RFC 8288) to the others in absolute URLs. */
export function pageByNumber<T>(
  rows: readonly T[],
  url: string,
  query: URLSearchParams,
  defaultSize: number,
): { rows: T[]; link: string } | Answer {
  const size = count(query, 'per_page', defaultSize, largestPage)
  const page = count(query, 'page', 1, Number.MAX_SAFE_INTEGER)
  if (size === undefined) return invalid([{ field: 'per_page', message: `must be a number from 1 to ${largestPage}` }])
  if (page === undefined) return invalid([{ field: 'page', message: 'must be a number from 1' }])

  const last = Math.max(1, Math.ceil(rows.length / size))
  const relation = (to: number, rel: string) => {
    const target = new URLSearchParams(query)
    target.set('page', String(to))
    return `<${url}?${target}>; rel="${rel}"`
  }
  const links = [
    page < last ? relation(page + 1, 'next') : undefined,
    page > 1 ? relation(Math.min(page - 1, last), 'prev') : undefined,
    relation(1, 'first'),
    relation(last, 'last'),
  ]
  return { rows: rows.slice((page - 1) * size, page * size), link: links.filter(Boolean).join(', ') }
}

function count(query: URLSearchParams, name: string, fallback: number, max: number): number | undefined {
  const given = query.get(name)
  if (given === null) return fallback
  const value = /^\d{1,16}$/.test(given) ? Number(given) : 0
  return value >= 1 && value <= max ? value : undefined
}

const encode = (id: string) => Buffer.from(`after:${id}`).toString('base64url')

/** The id in a cursor; empty when the cursor was not made by `encode`. */
function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  return text.startsWith('after:') ? text.slice('after:'.length) : ''
}
