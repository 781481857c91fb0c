import { isUtf8 } from 'node:buffer'
import { mask } from '../core/secret.ts'
import type { Cassette, Exchanged, RecordedBody } from './cassette.ts'
import { type Blanked, createScrub, holdsTokenFields, type Scrub } from './cassette-scrub.ts'
import { secretsOf } from './cassette-secrets.ts'
import type { Net } from './send.ts'
import type { WireRequest, WireResult } from './wire.ts'

/** All of a request that recording ever looks at: where the credential goes is not among it. */
type Recordable = Pick<WireRequest, 'method' | 'url' | 'headers' | 'body'>

export type RecordingNet = Net & {
  /** How many exchanges were recorded so far. */
  count(): number
  /** The exchanges so far after those of `before`, none of them with a secret that was sent in any of them. */
  cassette(before?: Cassette): { cassette: Cassette; blanked: Blanked; headersLeftOut: string[] }
}

/**
 * Sends by `inner` and keeps what was asked and answered, in the order of asking. A redirect that was followed is no exchange
 * of its own. A request to a place inside, such as a secret store, is not kept at all: that is no provider's traffic.
 */
export function recordingNet(inner: Net): RecordingNet {
  const kept: { request: Recordable; result?: WireResult }[] = []
  const secrets = new Set<string>()
  return {
    async send(request) {
      if (request.inside) return inner.send(request)
      const { method, url, headers, body, credential, credentialQuery = {} } = request
      for (const secret of [...secretsOf(credential), ...secretsOf(credentialQuery)]) secrets.add(secret)
      const exchange: (typeof kept)[number] = { request: { method, url, headers, ...(body !== undefined && { body }) } }
      kept.push(exchange)
      const result = await inner.send(request)
      exchange.result = result
      return result
    },
    close: () => inner.close(),
    count: () => kept.length,
    cassette(before = { clawlinkCassette: 1, exchanges: [] }) {
      const scrub = createScrub(secrets)
      const leftOut = new Set<string>()
      const exchanges = kept.flatMap(({ request, result }) =>
        result ? [exchangeOf(request, result, scrub, leftOut)] : [],
      )
      // What was kept earlier may hold what is known to be a secret only since.
      const earlier = before.exchanges.map(exchange => scrub.json(exchange) as Exchanged) // blanks texts alone
      return {
        cassette: { clawlinkCassette: 1, exchanges: [...earlier, ...exchanges] },
        blanked: scrub.blanked,
        headersLeftOut: [...leftOut].sort(),
      }
    },
  }
}

function exchangeOf(request: Recordable, result: WireResult, scrub: Scrub, leftOut: Set<string>): Exchanged {
  const tokens = isTokenExchange(request, result)
  const { method, url } = request
  const headers = safeHeaders(request.headers, requestHeaders, scrub, leftOut)
  const sent = recordedBody(request.body, scrub, tokens)
  const recorded = { method, url: scrub.text(url, tokens), headers: single(headers), ...(sent && { body: sent }) }
  if (result.kind === 'lost') {
    const { reached, reason, message } = result
    return { request: recorded, answer: { lost: { reached, reason, message: scrub.text(message) } } }
  }
  const body = result.sunk ? { stream: result.sunk.bytes } : recordedBody(result.body, scrub, tokens)
  return {
    request: recorded,
    answer: {
      status: result.status,
      headers: safeHeaders(result.headers, answerHeaders, scrub, leftOut),
      ...(body && { body }),
    },
  }
}

function isTokenExchange({ method, body }: Recordable, result: WireResult): boolean {
  if (typeof body === 'string' && holdsTokenFields(body)) return true
  return method === 'POST' && result.kind === 'answered' && holdsTokenFields(result.body.toString('utf8'))
}

/** A body as a cassette keeps it; undefined when there is none. What is no text and no bytes is a stream, and is not read. */
export function recordedBody(body: unknown, scrub: Scrub, tokenExchange = false): RecordedBody | undefined {
  if (body === undefined || body === null || body === '') return undefined
  const bytes =
    typeof body === 'string' ? Buffer.from(body) : body instanceof Uint8Array ? Buffer.from(body) : undefined
  if (!bytes) return { stream: sizeOf(body) }
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) {
    const asText = bytes.toString('latin1')
    return scrub.text(asText) === asText ? { base64: bytes.toString('base64') } : { text: mask }
  }
  const text = bytes.toString('utf8')
  const value = exactJson(text)
  return value === undefined ? { text: scrub.text(text, tokenExchange) } : { json: scrub.json(value, tokenExchange) }
}

/** What a JSON text says, or undefined where a value cannot say the same: other text, and numbers that would be rounded. */
function exactJson(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/-?\d[\d.eE+-]*/g) ?? []
    return numbers.every(number => String(Number(number)) === number) ? value : undefined
  } catch {
    return undefined
  }
}

function sizeOf(body: unknown): number {
  return body instanceof Object && 'bytes' in body && typeof body.bytes === 'number' ? body.bytes : 0
}

/** Headers that are kept: those that a provider's answer may depend on. None that can carry a credential. */
const requestHeaders =
  /^(accept|accept-language|content-type|content-language|user-agent|if-(none-)?match|if-(un)?modified-since|range|content-range|upload-(offset|length)|prefer|idempotency-key|[a-z-]*version|[a-z-]*api-version)$/
const answerHeaders =
  /^(content-type|content-language|content-disposition|content-range|accept-ranges|date|etag|last-modified|link|location|retry-after(-ms)?|deprecation|sunset|warning|preference-applied|(x-)?request-id|[a-z-]*version|[a-z-]*(limit|quota|cost)[a-z0-9-]*|range|upload-(offset|length)|[a-z-]*(remaining|reset)|[a-z-]*retry[a-z-]*|x-(total|per-page|page|next-page|prev-page|total-pages|total-count|next-cursor|has-more)|x-(accepted-)?oauth-scopes|idempoten[a-z-]*)$/

type Headers = Record<string, string | string[]>

function safeHeaders(
  given: Record<string, string | string[] | undefined>,
  allowed: RegExp,
  scrub: Scrub,
  leftOut: Set<string>,
): Headers {
  const safe: Headers = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const known = name.toLowerCase()
    if (!allowed.test(known)) leftOut.add(known)
    else safe[known] = Array.isArray(value) ? value.map(each => scrub.text(each)) : scrub.text(value)
  }
  return safe
}

const single = (headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]))
