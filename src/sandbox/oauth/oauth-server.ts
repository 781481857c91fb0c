import type { RequestListener } from 'node:http'
import type Provider from 'oidc-provider'
import type { Account, KeyHolder, Scope } from '../accounts.ts'
import type { Answer } from '../answer.ts'
import type { ApiRequest } from '../api.ts'
import { callListener, replay } from './call-listener.ts'
import { oauthRecords } from './records.ts'

/** Where the OAuth server is mounted. */
export const oauthMount = '/oauth'

export type OAuthSettings = {
  /** How long an access token lives. */
  accessTtlS: number
  /** For how long after its first use a refresh token may be used once more. */
  reuseWindowS: number
  /** Where people may be sent back to, beside the callback of a ClawLink on this machine. */
  redirectUris: readonly string[]
}

/** One of the sandbox's two OAuth servers, with all that it gave out. */
export type TokenServer = {
  /** Whose access token this is, when it is good. */
  holderOf(token: string, nowMs: number): KeyHolder | undefined
  /** How many refresh tokens can be redeemed now and were not yet. */
  chains(nowMs: number): number
  /** Ends all that people allowed, as if they had taken it back at the provider. */
  revokeGrants(): void
  /** The access tokens that are there end; what refreshes them stays. */
  expireAccessTokens(): void
  reset(): void
}

export type OAuthServer = TokenServer & { answer(request: ApiRequest, baseUrl: string): Promise<Answer> }

/** The OAuth server that follows the book. What it runs on is loaded with its first request: most sandboxes get none. */
export function oauthServer(
  accounts: readonly Account[],
  now: () => number,
  { accessTtlS, reuseWindowS, redirectUris }: OAuthSettings,
): OAuthServer {
  const records = oauthRecords()
  const memory = { records, now, reuseWindowMs: reuseWindowS * 1000 }
  let loading: Promise<Answering> | undefined
  const load = (issuer: string) => loadProvider({ issuer, accounts, memory, accessTtlS, redirectUris })

  return {
    async answer(request, baseUrl) {
      loading ??= load(baseUrl + oauthMount)
      const answer = await loading
      return answer(request)
    },
    holderOf(token, nowMs) {
      const found = records.find('AccessToken', token)
      const account = accounts.find(({ id }) => id === found?.payload.accountId)
      if (!found || !account || found.expiresAtMs <= nowMs || !records.isGranted(found)) return undefined
      const cameWith = records.find('RefreshToken', String(found.payload.extra?.refresh))
      if (cameWith) cameWith.used = true
      return { account, scopes: apiScopes(found.payload.scope?.split(' ') ?? []), revoked: false }
    },
    chains: nowMs => records.redeemable(nowMs).length,
    revokeGrants: () => records.endGrant(),
    expireAccessTokens: records.expireAccessTokens,
    reset: records.clear,
  }
}

const isApiScope = (scope: string): scope is Scope => ['mail', 'issues', 'payments'].includes(scope)

/** Of the scopes of a token those that the API knows. */
export const apiScopes = (scopes: readonly string[]): Scope[] => scopes.filter(isApiScope)

type Answering = (request: ApiRequest) => Promise<Answer>

async function loadProvider(facts: Parameters<typeof import('./provider.ts').createProvider>[0]): Promise<Answering> {
  await quietly(() => import('oidc-provider'))
  const [{ createProvider }, { answerConsent, answerCode }] = await Promise.all([
    import('./provider.ts'),
    import('./decide.ts'),
  ])
  const provider: Provider = createProvider(facts)
  const listener: RequestListener = provider.callback()
  return async request => {
    const exchange = replay(askingForConsent(request), oauthMount)
    const [path] = request.path.split('?', 1)
    if (path?.startsWith(`${oauthMount}/consent/`)) return answerConsent(provider, facts.accounts, request, exchange)
    if (path === `${oauthMount}/code`) return answerCode(provider, facts.accounts, request)
    return callListener(listener, exchange)
  }
}

/** OpenID Connect forgets `offline_access` without `prompt=consent`. Here people are asked in any case. */
function askingForConsent(request: ApiRequest): ApiRequest {
  const url = new URL(request.path, 'http://sandbox')
  if (url.pathname !== `${oauthMount}/authorize` || url.searchParams.has('prompt')) return request
  url.searchParams.set('prompt', 'consent')
  return { ...request, path: url.pathname + url.search }
}

/** oidc-provider knows the Node versions of its own day and warns of others on the console when it is loaded. */
async function quietly(load: () => Promise<unknown>): Promise<void> {
  const { warn } = console
  const filter = (...notice: unknown[]) => {
    if (!String(notice[0]).includes('oidc-provider WARNING')) warn(...notice)
  }
  console.warn = filter
  await load()
  // Somebody else may have put in their own meanwhile.
  if (console.warn === filter) console.warn = warn
}
