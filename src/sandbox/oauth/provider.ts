import { generateKeyPairSync } from 'node:crypto'
import Provider, { type Configuration, interactionPolicy, type JWKS } from 'oidc-provider'
import type { Account } from '../accounts.ts'
import { messagePage, scopeWords } from '../consent-page.ts'
import { type Memory, memoryAdapter } from './adapter.ts'
import { isRedirectUri, oauthClient } from './client.ts'

const minuteS = 60
const dayS = 24 * 60 * minuteS

export type ProviderFacts = {
  /** The URL of the OAuth server. */
  issuer: string
  accounts: readonly Account[]
  memory: Memory
  accessTtlS: number
  redirectUris: readonly string[]
}

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** oidc-provider, set up as an OAuth server alone, below the path of its issuer. */
export function createProvider(facts: ProviderFacts): Provider {
  const provider = new Provider(facts.issuer, configuration(facts))
  Object.defineProperty(provider.Client.prototype, 'redirectUriAllowed', {
    value: (uri: string) => isRedirectUri(uri, facts.redirectUris),
  })
  // What lands here is a mistake of the sandbox's own.
  provider.on('server_error', (_, cause) => console.error(cause))
  return provider
}

function configuration({ issuer, accounts, memory, accessTtlS }: ProviderFacts): Configuration {
  const { clientId, clientSecret } = oauthClient
  const cookie = { httpOnly: true, sameSite: 'lax' } as const
  return {
    adapter: model => memoryAdapter(memory, model),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        client_name: 'ClawLink',
        redirect_uris: ['http://127.0.0.1/connect/callback'],
        grant_types: ['authorization_code', 'refresh_token', deviceGrant],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
    jwks: signingKeys(),
    // Cookies know no ports, so these must not meet those of a ClawLink on the same machine.
    cookies: {
      names: { session: 'sandbox_oauth', interaction: 'sandbox_asked', resume: 'sandbox_resume' },
      long: { ...cookie, path: new URL(issuer).pathname },
      short: cookie,
    },
    routes: {
      authorization: '/authorize',
      token: '/token',
      revocation: '/revoke',
      device_authorization: '/device',
      code_verification: '/code',
      jwks: '/jwks',
    },
    scopes: Object.keys(scopeWords),
    responseTypes: ['code'],
    pkce: { required: () => true },
    ttl: {
      AccessToken: accessTtlS,
      AuthorizationCode: minuteS,
      DeviceCode: 10 * minuteS,
      Grant: 3650 * dayS,
      IdToken: accessTtlS,
      Interaction: 30 * minuteS,
      RefreshToken: 90 * dayS,
      Session: minuteS,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true },
      deviceFlow: { enabled: true, deviceInfo: () => ({}) },
    },
    clientBasedCORS: () => false,
    interactions: { policy: alwaysAsk(), url: (_, { uid }) => `${new URL(issuer).pathname}/consent/${uid}` },
    loadExistingGrant: ctx => {
      const grantId = ctx.oidc.result?.consent?.grantId
      return grantId === undefined ? Promise.resolve(undefined) : ctx.oidc.provider.Grant.find(grantId)
    },
    findAccount: (_, accountId) =>
      accounts.some(({ id }) => id === accountId) ? { accountId, claims: () => ({ sub: accountId }) } : undefined,
    expiresWithSession: () => false,
    issueRefreshToken: (_, __, { scopes }) => scopes.has('offline_access'),
    rotateRefreshToken: true,
    revokeGrantPolicy: () => true,
    /** Ties an access token to the refresh token that is given out with it: see `OAuthRecord.used`. */
    extraTokenClaims: ctx => ({ refresh: ctx.oidc.entities.RefreshToken?.jti }),
    renderError(ctx, { error, error_description }) {
      const { headers = {}, text } = messagePage(
        ctx.status,
        'This did not work',
        `${error}: ${error_description ?? ''}`,
      )
      ctx.set(headers)
      ctx.body = text
    },
  }
}

/** Each authorization request is a question of its own, whatever was allowed before. */
function alwaysAsk(): interactionPolicy.Prompt[] {
  const { Check, Prompt } = interactionPolicy
  const undecided = new Check('undecided', 'a person has to decide', 'consent_required', ctx =>
    ctx.oidc.result?.consent === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
  )
  return [new Prompt({ name: 'consent', requestable: true }, undecided)]
}

/** Nothing here is signed, but oidc-provider wants to be able to. */
function signingKeys(): JWKS {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] }
}
