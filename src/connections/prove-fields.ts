import type { App } from '../app.ts'
import type { Provider } from '../catalog/catalog.ts'
import type { CertificateAuth, ClientCredentials, JwtBearer, StaticAuth } from '../catalog/define.ts'
import type { Values } from '../catalog/fill-url.ts'
import { Fault } from '../core/errors.ts'
import { Credential } from './credential.ts'
import { fieldValues } from './field-values.ts'
import { requestToken } from './oauth/request-token.ts'
import { type Account, probeAccount } from './probe-account.ts'
import type { SavedConnection } from './save-connection.ts'

/** The ways that need nothing but what a person types in: no consent at the provider's own page. */
export type FieldsAuth = StaticAuth | CertificateAuth | ClientCredentials | JwtBearer

/** What comes of fields that were proven: with who and where, all that `saveConnection` needs. */
export type Proven = Pick<
  SavedConnection,
  'auth' | 'account' | 'metadata' | 'credential' | 'expiresAt' | 'renewable' | 'askedScopes' | 'grantedScopes'
>

/**
 * Checks what a person typed in, and proves it by live requests: a token where this way needs one, and the account that it
 * opens. Stores nothing. A fault names the fields that are wrong, as far as that can be known.
 */
export async function proveFields(
  app: App,
  provider: Provider,
  auth: FieldsAuth,
  given: Readonly<Record<string, string>>,
): Promise<Proven | Fault> {
  const fields = fieldValues(provider, auth, given)
  if (fields instanceof Fault) return fields
  const typed: Got = {
    credential: new Credential(fields.parts),
    values: fields.values,
    expiresAt: null,
    scopes: null,
    renewable: false,
  }
  const got =
    auth.kind === 'client_credentials' || auth.kind === 'jwt_bearer'
      ? await exchanged(app, provider, auth, typed)
      : typed
  if (got instanceof Fault) return got
  const { credential, values, expiresAt, scopes, renewable } = got
  const { account } = await probeAccount(app, provider, auth, credential, { base: provider.base, ...values })
  if (account instanceof Fault) return account
  return {
    auth,
    account: named(account),
    metadata: { ...values, ...account.metadata },
    credential,
    expiresAt,
    renewable,
    askedScopes: 'scopes' in auth ? auth.scopes : [],
    grantedScopes: scopes,
  }
}

type Got = {
  credential: Credential
  values: Values
  expiresAt: number | null
  scopes: string[] | null
  renewable: boolean
}

/** What the person brought, exchanged for an access token: with it another one can be had at any time. */
async function exchanged(
  app: App,
  provider: Provider,
  auth: ClientCredentials | JwtBearer,
  { credential, values }: Got,
): Promise<Got | Fault> {
  const context = { provider, auth, client: null, values: { base: provider.base, ...values } }
  const token = await requestToken(app, context, { grant: auth.kind, credential })
  if ('refused' in token) return token.fault
  const { parts, metadata, expiresAt, scopes } = token
  return {
    credential: credential.with(parts),
    values: { ...values, ...metadata },
    expiresAt,
    scopes,
    renewable: true,
  }
}

const named = ({ id, label }: Account) => ({ id, label })
