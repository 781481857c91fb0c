import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type Account, openAccounts } from './accounts.ts'
import type { Api } from './api.ts'
import type { Grants } from './control.ts'
import { faultProblem, randomFaultsProblem } from './faults/check-fault.ts'
import { type Fault, type FaultMatch, matcherOf } from './faults/fault.ts'
import { faultScript } from './faults/fault-script.ts'
import type { RandomFaults } from './faults/random-faults.ts'
import { oauthClient, type SandboxClient } from './oauth/client.ts'
import { oauthMount, oauthServer } from './oauth/oauth-server.ts'
import { oddServer } from './odd/odd-server.ts'
import { randomFor } from './random.ts'
import { type RateLimit, rateLimiter } from './rate-limit.ts'
import { isRefresh, type LoggedRequest, requestLog } from './request-log.ts'
import { type Door, sandboxServer } from './server.ts'
import type { Store } from './store.ts'

export type SandboxOptions = {
  /** 0, the default, takes any free port. */
  port?: number
  host?: string
  /** Decides content, ids, keys, latencies and chance. 1 unless said. */
  seed?: number
  /** The first account's full key; derived from the seed unless given. */
  apiKey?: string
  /** The sandbox's clock, in Unix milliseconds: dates, rate-limit windows, the life of idempotency keys. */
  now?: () => number
  rateLimit?: RateLimit | 'off'
  /** How long every answer of the API takes, or from where to where. */
  latencyMs?: number | [min: number, max: number]
  /** Faults of any kind at any phase, drawn by a seed of their own, from the start. */
  randomFaults?: RandomFaults
  /** Rows on a page unless the request says; 20 unless given. */
  pageSize?: number
  /** How many requests the log holds at least; 10,000 unless given. */
  keepRequests?: number
  /** How many seconds an access token of either OAuth server lives; 3600 unless given. */
  accessTtlS?: number
  /** For how many seconds a used refresh token of the OAuth server may be used once more; 30 unless given, 0 for never. */
  reuseWindowS?: number
  /** Where OAuth may send people back to, beside any loopback URL that ends in `/connect/callback`. */
  redirectUris?: readonly string[]
}

/** A running sandbox: a provider with mail, issues and payments that misbehaves on demand. */
export type Sandbox = {
  /** Without a slash at the end. */
  readonly url: string
  readonly port: number
  /** The first account's full key. */
  readonly apiKey: string
  readonly accounts: readonly [Account, Account]
  /** The first account's store. */
  readonly store: Store
  /** Its OAuth server, and the app that is registered there. */
  readonly oauth: SandboxClient & { issuer: string }
  /** Every request to the API and the OAuth servers, oldest first; the same array for the sandbox's whole life. */
  readonly requests: readonly LoggedRequest[]
  /** The requests so far, which leave the log. */
  takeRequests(): LoggedRequest[]
  /** Resolves as soon as the log holds `count` requests; those have then been applied, or never will be. */
  received(count: number): Promise<void>
  /** The next matching requests meet these faults, in order. Throws a TypeError when one is malformed. */
  script(...faults: Fault[]): void
  /** From now on, requests meet faults by a seed, after those that are scripted. Throws a TypeError when malformed. */
  randomFaults(faults: RandomFaults): void
  /** Ends all faults, scripted and by seed. */
  clearFaults(): void
  /** How many of the requests in the log took effect: those that match, or all. */
  applied(match?: FaultMatch): number
  /** The key answers 401 from now on. */
  revokeKey(key: string): void
  /** Of the requests so far those that asked an OAuth server to refresh, however that went. */
  refreshes(): LoggedRequest[]
  /** How many refresh tokens can be redeemed now and were not yet: one for each connection that is sound. */
  chains(): number
  /** Every access and refresh token ends, as when people take their consent back at the provider. */
  revokeGrants(): void
  /** Every access token that was given out ends; what refreshes it stays. */
  expireAccessTokens(): void
  /** As freshly started: content, keys, faults, log, rate-limit windows, chance. Dates are relative to `now()` again. */
  reset(): void
  /** Ends every connection, hung ones too, and frees the port. May be called twice. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', seed = 1, now = Date.now, rateLimit = 'off', latencyMs = 0 } = options
  const { accessTtlS = 3600, reuseWindowS = 30, redirectUris = [] } = options
  const accounts = openAccounts(seed, now(), options.apiKey)
  const faults = faultScript(() => randomFor(seed, 'faults'), now)
  const log = requestLog(options.keepRequests ?? 10_000)
  const limiter = rateLimit === 'off' ? undefined : rateLimiter(rateLimit)
  let latency = randomFor(seed, 'latency')
  const oauth = oauthServer(accounts.all, now, { accessTtlS, reuseWindowS, redirectUris })
  const odd = oddServer(accounts.all, { accessTtlS, redirectUris })
  const tokenServers = [oauth, odd]

  const door: Door = { closing: 0 }
  const clearFaults = () => {
    faults.clear()
    door.closing = 0
  }
  const useRandom = (chosen: RandomFaults | undefined) => {
    const problem = chosen && randomFaultsProblem(chosen)
    if (problem) throw new TypeError(problem)
    faults.useRandom(chosen)
  }
  useRandom(options.randomFaults)
  const reset = () => {
    accounts.reset(now())
    clearFaults()
    useRandom(options.randomFaults)
    log.take()
    limiter?.clear()
    for (const server of tokenServers) server.reset()
    latency = randomFor(seed, 'latency')
  }
  const grants: Grants = {
    chains: () => tokenServers.reduce((sum, server) => sum + server.chains(now()), 0),
    revokeGrants() {
      for (const server of tokenServers) server.revokeGrants()
    },
    expireAccessTokens() {
      for (const server of tokenServers) server.expireAccessTokens()
    },
  }
  const holderOf: Api['holderOf'] = (key, nowMs) =>
    accounts.holderOf(key) ?? oauth.holderOf(key, nowMs) ?? odd.holderOf(key, nowMs)
  const api: Api = { holderOf, rateLimiter: limiter, baseUrl: '', pageSize: options.pageSize ?? 20 }
  const server = sandboxServer({
    api,
    oauth,
    odd,
    control: { accounts, faults, log, grants, clearFaults, reset },
    now,
    door,
    latencyMs: () => (typeof latencyMs === 'number' ? latencyMs : latency.int(...latencyMs)),
  })
  server.listen(port, host)
  await once(server, 'listening')
  const bound = server.address()
  const actualPort = isTcp(bound) ? bound.port : port
  api.baseUrl = `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`

  const closed = once(server, 'close')
  const stop = async () => {
    server.close()
    server.closeAllConnections()
    await closed
  }
  const [first] = accounts.all
  return {
    url: api.baseUrl,
    port: actualPort,
    apiKey: first.apiKey,
    accounts: accounts.all,
    get store() {
      return first.store
    },
    oauth: { ...oauthClient, issuer: api.baseUrl + oauthMount },
    requests: log.entries,
    takeRequests: log.take,
    received: log.received,
    script(...scripted) {
      const problem = scripted.map(faultProblem).find(Boolean)
      if (problem) throw new TypeError(problem)
      faults.add(scripted)
    },
    randomFaults: useRandom,
    clearFaults,
    applied(match) {
      const matches = matcherOf(match)
      return log.entries.filter(({ applied, method, path }) => applied && matches(method, path)).length
    },
    revokeKey: accounts.revoke,
    refreshes: () => log.entries.filter(isRefresh),
    ...grants,
    reset,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function isTcp(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
