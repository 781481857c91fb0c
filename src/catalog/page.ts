import type { Page } from './define.ts'
import { valueAt } from './paths.ts'
import type { ProviderRequest } from './request.ts'

/** Query parameters that name a page, as the provider gave them. */
type PageQuery = Record<string, string>

/**
 * The opaque `next` of an answer, or undefined on the last page. It holds only query parameters: the path, the host and
 * the credential of the next request come from the tool and its arguments, so a forged `next` reaches nothing else.
 */
export function nextPage(
  page: Page | undefined,
  answer: { linkHeader: string | undefined; body: unknown },
): string | undefined {
  if (page?.kind === 'cursor') {
    const value = valueAt(answer.body, page.next)
    return typeof value === 'string' && value !== '' ? encode({ [page.param]: value }) : undefined
  }
  const target = page?.kind === 'link' ? linkTarget(answer.linkHeader, 'next') : undefined
  const url = target === undefined ? undefined : URL.parse(target, 'http://relative.invalid')
  return url?.search ? encode(Object.fromEntries(url.searchParams)) : undefined
}

/** The request for the page that `next` names, or undefined when `next` was not made by us. */
export function requestPage(request: ProviderRequest, next: string): ProviderRequest | undefined {
  const query = decode(next)
  if (!query) return undefined
  const url = new URL(request.url)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return { ...request, url: url.href }
}

/** The target of the link with this relation in a Link header (RFC 8288, section 3). */
export function linkTarget(header: string | undefined, relation: string): string | undefined {
  for (const [, target, parameters] of (header ?? '').matchAll(
    /<([^<>]*)>((?:\s*;\s*[^,;="]+(?:=(?:"[^"]*"|[^",;]*))?)*)/g,
  )) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))/i.exec(parameters ?? '')
    if ((rel?.[1] ?? rel?.[2] ?? '').split(/\s+/).includes(relation)) return target
  }
  return undefined
}

function encode(query: PageQuery): string {
  return Buffer.from(JSON.stringify(query)).toString('base64url')
}

function decode(next: string): PageQuery | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(next, 'base64url').toString('utf8'))
    if (!value || typeof value !== 'object' || Array.isArray(value)) return undefined
    const entries = Object.entries(value)
    if (!entries.length || !entries.every(([, text]) => typeof text === 'string')) return undefined
    return Object.fromEntries(entries)
  } catch {
    return undefined
  }
}
