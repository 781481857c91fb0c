import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { oauthScope } from '../../accounts/grants/make-grant.ts'
import type { App } from '../../app.ts'
import { recordAdapter } from './adapter.ts'
import { beginConsent, consentMs, deviceDetails } from './begin-consent.ts'
import { settleClientMetadata } from './client-metadata.ts'
import { fetchDocument } from './fetch-document.ts'
import { clientAuthMethods, oauthPaths } from './metadata.ts'
import { plainAuthorization } from './plain-authorization.ts'
import { ownResources } from './resources.ts'
import { type ServerKeys, serverKeys } from './server-keys.ts'
import { tellRefusal } from './tell-refusal.ts'

const minuteS = 60
const hourS = 60 * minuteS
const dayS = 24 * hourS

/** oidc-provider, set up. `mayFetch` says whether one more document of a client may be fetched for this request. */
export async function createProvider(app: App, mayFetch: (ctx: KoaContextWithOIDC) => boolean): Promise<Provider> {
  const issuer = app.url()
  const provider = new Provider(issuer, configuration(app, await serverKeys(app), mayFetch))
  // Its URLs and the security of its cookies follow headers that the endpoint sets to what the issuer says.
  provider.proxy = true
  provider.use(plainAuthorization(issuer))
  const failed = (cause: unknown) => app.log.error({ err: cause }, 'the authorization server failed')
  provider.on('server_error', (_, cause) => failed(cause))
  // Koa would write it to the console.
  provider.onerror = failed
  return provider
}

function configuration(app: App, keys: ServerKeys, mayFetch: (ctx: KoaContextWithOIDC) => boolean): Configuration {
  const resources = ownResources(app.config, app.url())
  const cookie = { httpOnly: true, sameSite: 'lax' } as const
  return {
    adapter: name => recordAdapter(app, name),
    jwks: keys.jwks,
    cookies: {
      keys: keys.cookies,
      names: { session: 'clawlink_oauth', interaction: 'clawlink_oauth_asked', resume: 'clawlink_oauth_resume' },
      long: { ...cookie, path: '/oauth' },
      short: cookie,
    },
    routes: oauthPaths,
    scopes: [oauthScope],
    responseTypes: ['code'],
    clientAuthMethods,
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
    },
    extraClientMetadata: {
      properties: ['software_id', 'software_version'],
      validator: (_, __, ___, metadata) => settleClientMetadata(metadata),
    },
    pkce: { required: () => true },
    ttl: {
      AccessToken: hourS,
      AuthorizationCode: minuteS,
      DeviceCode: 10 * minuteS,
      Grant: 3650 * dayS,
      IdToken: hourS,
      Interaction: consentMs / 1000,
      RefreshToken: 30 * dayS,
      Session: minuteS,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      revocation: { enabled: true },
      registration: { enabled: true, issueRegistrationAccessToken: false },
      deviceFlow: { enabled: true, deviceInfo: ctx => ({ ...deviceDetails(app, ctx) }) },
      clientIdMetadataDocument: { enabled: app.config.clientDocuments, ack: 'draft-02', allowFetch: mayFetch },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resources[0] ?? '',
        useGrantedResource: () => true,
        getResourceServerInfo(_, resource) {
          if (!resources.includes(resource)) throw new errors.InvalidTarget('this is not a resource of this server')
          return { scope: oauthScope, audience: resource, accessTokenFormat: 'opaque' }
        },
      },
    },
    // No page of another site has any business here.
    clientBasedCORS: () => false,
    fetch: fetchDocument(app.net),
    interactions: { policy: alwaysAsk(), url: (ctx, interaction) => beginConsent(app, ctx, interaction) },
    loadExistingGrant: ctx => {
      const grantId = ctx.oidc.result?.consent?.grantId
      return grantId === undefined ? Promise.resolve(undefined) : ctx.oidc.provider.Grant.find(grantId)
    },
    findAccount: (_, personId) => findPerson(app, personId),
    expiresWithSession: () => false,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    revokeGrantPolicy: () => true,
    renderError: tellRefusal,
  }
}

/** Nothing is ever allowed without asking: a person decides about every authorization request anew. */
function alwaysAsk(): interactionPolicy.Prompt[] {
  const undecided = new interactionPolicy.Check('undecided', 'a person has to decide', 'consent_required', ctx =>
    ctx.oidc.result?.consent === undefined
      ? interactionPolicy.Check.REQUEST_PROMPT
      : interactionPolicy.Check.NO_NEED_TO_PROMPT,
  )
  return [new interactionPolicy.Prompt({ name: 'consent' }, undecided)]
}

async function findPerson({ db }: App, personId: string) {
  const person = await db.read.selectFrom('people').select('id').where('id', '=', personId).executeTakeFirst()
  return person && { accountId: person.id, claims: async () => ({ sub: person.id }) }
}
