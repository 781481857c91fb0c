/** The only way out of ClawLink. Nothing else opens a connection to a provider. */
import { lookup as resolve } from 'node:dns'
import type { LookupFunction } from 'node:net'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { Clock } from '../core/clock.ts'
import { isAllowedHost, isPublicAddress, literalAddress } from './address-policy.ts'
import { clientCertificates } from './client-certificates.ts'
import { deadlines } from './deadlines.ts'
import { decodeBody } from './decode-body.ts'
import { Exchange } from './exchange.ts'
import { followRedirect } from './redirect.ts'
import { StreamedExchange } from './streamed-exchange.ts'
import { type ClientCertificate, lost, type WireRequest, type WireResult } from './wire.ts'

export type NetSettings = {
  outboundAllow: readonly string[]
  connectTimeoutMs: number
  callTimeoutMs: number
  answerBytesMax: number
}

export type Net = {
  /** Sends one request and reads its whole answer. Never throws; follows at most three redirects. */
  send(request: WireRequest): Promise<WireResult>
  close(): Promise<void>
}

const redirectsMax = 3
/** All of a file's way, however fast it goes; one that stands still ends earlier. */
const streamedMs = 15 * 60_000
/** Pools beyond this many origins are closed, least recently used first. */
const poolsMax = 256
const connectionsPerOrigin = 128

export function createNet(settings: NetSettings, clock: Clock): Net {
  const pools = new Map<string, Pool>()
  const certificates = clientCertificates()
  const timeoutOf = ({ timeoutMs = settings.callTimeoutMs }: WireRequest) => timeoutMs
  const due = deadlines<Exchange>(clock, exchange => exchange.expire())

  /** One request until `endsAt`, and what follows where its answer is not the end of it. */
  function send(request: WireRequest, endsAt: number, redirectsLeft: number): Promise<WireResult> {
    return new Promise(resolveResult => {
      const { origin, path } = splitUrl(request.url)
      const { method, headers, credential, credentialQuery, certificate, inside = false, body = null, sink } = request
      const pool = poolOf(origin, certificate, inside)
      if (!pool) return resolveResult(blocked(new URL(origin).hostname))
      const letGo = certificate && certificates.hold(origin, certificate)
      const done = (result: WireResult) => {
        letGo?.()
        resolveResult(isPlain(result) ? result : followUp(request, result, endsAt, redirectsLeft))
      }
      const { answerBytesMax } = settings
      const streamed = isStreamed(request)
        ? new StreamedExchange(answerBytesMax, { clock, idleMs: timeoutOf(request), endsAtMs: endsAt, sink }, due, done)
        : undefined
      const exchange = streamed ?? new Exchange(answerBytesMax, endsAt, due, done)
      due.add(exchange)
      try {
        const target = credentialQuery ? withQuery(path, credentialQuery) : path
        const own = { ...headers, ...credential }
        const isText = typeof body !== 'object'
        if (!isText && body) own['content-length'] = String(body.bytes)
        const sent = isText ? body : body && streamed ? streamed.outgoing(body) : null
        pool.dispatch({ method, path: target, headers: own, body: sent }, exchange)
      } catch {
        exchange.stop('bad_request', 'The request cannot be put on the wire.')
      }
    })
  }

  async function followUp(
    request: WireRequest,
    answer: WireResult,
    endsAt: number,
    redirectsLeft: number,
  ): Promise<WireResult> {
    const result = answer.kind === 'lost' ? answer : await decodeBody(answer, settings.answerBytesMax)
    if (result.kind === 'lost' || result.status < 300 || request.redirects === 'none') return result
    const next = followRedirect(request, result)
    if (!next) return result
    if ('kind' in next) return next
    if (redirectsLeft === 0) return lost('maybe_sent', 'redirect', 'The provider redirects too often.')
    const last = await send(next, endsAt, redirectsLeft - 1)
    const stays = splitUrl(next.url).origin === splitUrl(request.url).origin
    return stays && last.kind === 'answered' ? { ...last, redirected: (last.redirected ?? 0) + 1 } : last
  }

  /** The connections to an origin, or undefined when its host is an address that may not be reached. */
  function poolOf(origin: string, certificate: ClientCertificate | undefined, inside: boolean): Pool | undefined {
    // Whoever shows another certificate is somebody else: they share no connection. Nor does what may go where others may not.
    const place = certificate ? certificates.keyOf(origin, certificate) : origin
    const key = inside ? `inside ${place}` : place
    const known = pools.get(key)
    if (known && pools.size < poolsMax) return known
    pools.delete(key)
    const pool = known ?? openPool(new URL(origin), certificate, inside)
    if (!pool) return undefined
    pools.set(key, pool)
    if (pools.size > poolsMax) {
      const [oldest] = pools
      if (oldest) {
        pools.delete(oldest[0])
        oldest[1].close().catch(() => {})
      }
    }
    return pool
  }

  function openPool(url: URL, certificate: ClientCertificate | undefined, inside: boolean): Pool | undefined {
    const allowed = inside || isAllowedHost(url, settings.outboundAllow)
    const literal = literalAddress(url)
    if (literal && !allowed && !isPublicAddress(literal)) return undefined
    const connect = { timeout: settings.connectTimeoutMs, ...(allowed ? {} : { lookup: publicLookup }) }
    return new Pool(url.origin, {
      connections: connectionsPerOrigin,
      pipelining: 1,
      allowH2: false,
      // Each exchange has its own deadline, which covers both; undici would set up a timer more for every request.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: certificate ? certificates.connector(certificates.keyOf(url.origin, certificate), connect) : connect,
    })
  }

  return {
    send: request => send(request, clock.now() + (isStreamed(request) ? streamedMs : timeoutOf(request)), redirectsMax),
    async close() {
      due.close()
      await Promise.all([...pools.values()].map(pool => pool.destroy()))
    },
  }
}

/** Whether a file goes out or comes in: the time for such a request is counted from its last byte. */
const isStreamed = ({ body, sink }: WireRequest): boolean => typeof body === 'object' || sink !== undefined

/** Neither encoded nor a redirect, as most answers are: nothing follows. */
function isPlain(result: WireResult): boolean {
  return result.kind === 'lost' || (result.status < 300 && result.headers['content-encoding'] === undefined)
}

/** `https://host:1/path?query` in two. The URLs here are our own or normalised ones, so no parser is needed for each call. */
function splitUrl(url: string): { origin: string; path: string } {
  const slash = url.indexOf('/', url.indexOf('//') + 2)
  return slash < 0 ? { origin: url, path: '/' } : { origin: url.slice(0, slash), path: url.slice(slash) }
}

function withQuery(path: string, query: Record<string, string>): string {
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`
}

/**
 * Resolves a name to its public addresses only. The connection is made to what is returned here, so a name that resolves
 * anew between a check and the connection (DNS rebinding) has no second chance.
 */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, [])
    const usable = addresses.filter(({ address }) => isPublicAddress(address))
    const [first] = usable
    if (!first)
      return callback(Object.assign(new Error(blocked(hostname).message), { code: 'CLAWLINK_BLOCKED_ADDRESS' }), [])
    if (options.all) callback(null, usable)
    else callback(null, first.address, first.family)
  })
}

function blocked(host: string) {
  return lost(
    'not_sent',
    'blocked_address',
    `${host} is a private or local address, and no owner allowed it (CLAWLINK_OUTBOUND_ALLOW).`,
  )
}
