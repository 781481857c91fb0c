import type { Account } from '../accounts.ts'
import type { Answer } from '../answer.ts'
import { type ApiRequest, keyOf } from '../api.ts'
import { consentPage, messagePage, readDecision } from '../consent-page.ts'
import { isRedirectUri, oddClient } from '../oauth/client.ts'
import { apiScopes, type OAuthSettings, type TokenServer } from '../oauth/oauth-server.ts'
import { type OddTokenSet, type OddTokens, oddTokens } from './odd-tokens.ts'

/** Where the odd server is mounted. */
export const oddMount = '/odd'

export type OddServer = TokenServer & { answer(request: ApiRequest, nowMs: number): Answer }

/** An OAuth server with the habits that real ones have and the RFCs do not: see docs/sandbox.md. */
export function oddServer(
  accounts: readonly Account[],
  { accessTtlS, redirectUris }: Pick<OAuthSettings, 'accessTtlS' | 'redirectUris'>,
): OddServer {
  const tokens = oddTokens(accessTtlS)
  return {
    answer(request, nowMs) {
      const { method, path, headers, body } = request
      const url = new URL(path, 'http://sandbox')
      switch (`${method} ${url.pathname}`) {
        case 'GET /odd/authorize':
        case 'POST /odd/authorize':
          return authorize({ request, query: url.searchParams, accounts, redirectUris, tokens, nowMs })
        case 'POST /odd/token':
          return giveTokens(tokens, new URLSearchParams(body.toString()), accessTtlS, nowMs)
        case 'DELETE /odd/revoke':
          return tokens.revoke(keyOf(headers) ?? '', nowMs)
            ? form({ revoked: 'true' })
            : wrong('invalid_token', 'There is no such access token.')
        default:
          return messagePage(404, 'Nothing here', 'There is nothing at this path.')
      }
    },
    holderOf(token, nowMs) {
      const found = tokens.holderOf(token, nowMs)
      return found && { account: found.account, scopes: apiScopes(found.scopes), revoked: false }
    },
    chains: tokens.chains,
    revokeGrants: tokens.clear,
    expireAccessTokens: tokens.expireAccessTokens,
    reset: tokens.clear,
  }
}

type Authorization = {
  request: ApiRequest
  query: URLSearchParams
  accounts: readonly Account[]
  redirectUris: readonly string[]
  tokens: OddTokens
  nowMs: number
}

function authorize({ request, query, accounts, redirectUris, tokens, nowMs }: Authorization): Answer {
  const redirectUri = query.get('redirect_uri') ?? ''
  if (query.get('client_id') !== oddClient.clientId || !isRedirectUri(redirectUri, redirectUris))
    return messagePage(400, 'This did not work', 'The app that sent you here is not registered with this address.')
  const back = (params: Record<string, string>): Answer => {
    const url = new URL(redirectUri)
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
    const state = query.get('state')
    if (state !== null) url.searchParams.set('state', state)
    return { status: 302, headers: { location: url.href }, text: '' }
  }
  const refuse = (error: string, message: string) => back({ error, error_message: message })
  if (query.has('code_challenge')) return refuse('invalid_request', 'Unknown parameter: code_challenge.')
  if (query.get('audience') !== 'sandbox') return refuse('invalid_request', 'The parameter audience must be "sandbox".')
  const scopes = (query.get('scope') ?? '').split(',').filter(Boolean)
  const unknown = scopes.find(scope => !apiScopes([scope]).length)
  if (unknown !== undefined || !scopes.length)
    return refuse('invalid_scope', `There is no scope "${unknown ?? ''}". Separate scopes by commas.`)
  if (request.method === 'GET')
    return consentPage({
      client: 'Odd App',
      returnsTo: new URL(redirectUri).host,
      scopes,
      accounts,
      action: request.path,
    })
  const decision = readDecision(request.body, { scopes, accounts })
  if (decision === 'denied') return refuse('access_denied', 'The person said no.')
  return back({ code: tokens.allow({ ...decision, redirectUri }, nowMs), team: teamOf(decision.account) })
}

function giveTokens(tokens: OddTokens, params: URLSearchParams, accessTtlS: number, nowMs: number): Answer {
  const { clientId, clientSecret } = oddClient
  const grantType = params.get('grant_type')
  const isRefresh = grantType === 'refresh_token'
  const [idName, otherName] = isRefresh ? ['client_key', 'client_id'] : ['client_id', 'client_key']
  if (params.has(otherName)) return wrong('invalid_request', `Unknown parameter: ${otherName}.`)
  if (params.get(idName) !== clientId || params.get('client_secret') !== clientSecret)
    return wrong('invalid_client', `The ${idName} or the client_secret is wrong.`)
  if (isRefresh) {
    const set = tokens.refresh(params.get('refresh_token') ?? '', nowMs)
    return set ? told(set, accessTtlS) : wrong('invalid_grant', 'The refresh token is no good, or was used before.')
  }
  if (grantType !== 'authorization_code') return wrong('unsupported_grant_type', 'That is not done here.')
  const set = tokens.redeemCode(params.get('code') ?? '', params.get('redirect_uri'), nowMs)
  return set ? told(set, accessTtlS) : wrong('invalid_grant', 'The code is no good, or was used before.')
}

const told = ({ account, scopes, access, refresh }: OddTokenSet, accessTtlS: number) =>
  form({
    access_token: access,
    refresh_token: refresh,
    expires_in: String(accessTtlS),
    scope: scopes.join(','),
    team: teamOf(account),
  })

const teamOf = ({ id }: Account) => id.replace('acct_', 'team_')

const wrong = (error: string, message: string) => form({ error, error_message: message })

/** Always 200, always a form, always under the name of a web page. */
const form = (fields: Record<string, string>): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  text: new URLSearchParams(fields).toString(),
})
