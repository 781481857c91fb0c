import type { PersonPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { OAuth2 } from '../../catalog/auth.ts'
import type { Provider } from '../../catalog/catalog.ts'
import { fillUrl, type Values } from '../../catalog/fill-url.ts'
import { Fault } from '../../core/errors.ts'
import { lookUntil } from '../../core/look-until.ts'
import type { ConnectSessionRow } from '../../db/schema.ts'
import { exchangeVerifier } from '../oauth/oauth1.ts'
import { requestToken } from '../oauth/request-token.ts'
import { clientOf } from '../oauth-apps/client-of.ts'
import { type BoundSession, isBoundTo, sessionFor } from './bound-session.ts'
import { noSession, sessionState, sessionTopic } from './connect-session.ts'
import { connectTokens } from './connect-tokens.ts'
import { recordProblem } from './end-session.ts'
import { findSessionRow } from './get-session.ts'
import { type CodeTry, type OAuth1Try, stateHash, takenMark, takeTry } from './kept-try.ts'
import { wayOf } from './prepare-try.ts'
import { type Callback, callbackFault, readCallback } from './read-callback.ts'
import { isRedirecting } from './start-authorize.ts'

/** How long a second delivery of the same answer waits for the first one to be done. */
const settleMs = 15_000

/**
 * The way back from a provider. Gives the id of the session whose page tells how it went, or a fault when the answer belongs
 * to none. In any other browser than the one that was sent there nothing happens, and a second time nothing more does.
 */
export async function finishAuthorize(
  app: App,
  person: PersonPrincipal | undefined,
  { search, address }: { search: string; address: string },
): Promise<{ id: string } | Fault> {
  const callback = readCallback(search)
  if (callback.state === undefined) return noSession()
  const hashed = stateHash(callback.state)
  const row = await app.db.read
    .selectFrom('connect_sessions')
    .selectAll()
    .where('state_hash', 'in', [hashed, takenMark(hashed)])
    .executeTakeFirst()
  if (!row) return noSession()
  const { id } = row
  if (!person || !isBoundTo(row, person)) return { id }
  const bound = await sessionFor(app, person, id)
  if (bound instanceof Fault) return bound
  const kept = await takeTry(app, row, hashed)
  if (kept?.kind === 'code' || kept?.kind === 'oauth1') {
    const failed = await finish(app, bound, { kept, callback, address })
    if (failed) await recordProblem(app, row, failed)
  } else await settled(app, row)
  return { id }
}

async function finish(
  app: App,
  bound: BoundSession,
  { kept, callback, address }: { kept: CodeTry | OAuth1Try; callback: Callback; address: string },
): Promise<Fault | undefined> {
  const found = wayOf(app, bound.row, kept.way, isRedirecting)
  if (found instanceof Fault) return found
  const { provider, auth } = found
  const { name } = provider.connector
  if (callback.repeated) return unreadable(name)
  const values = { base: provider.base, ...kept.values }
  const mixedUp = auth.kind === 'oauth2' ? issuerFault(provider, auth, values, callback.params.get('iss')) : undefined
  const refused = mixedUp ?? callbackFault(name, callback)
  if (refused) return refused
  const client = await clientOf(app, bound.row.workspace_id, provider, auth, kept.oauthAppId)
  if (client instanceof Fault) return client

  if (kept.kind === 'oauth1' && auth.kind === 'oauth1') {
    const verifier = callback.params.get('oauth_verifier')
    if (!verifier || callback.params.get('oauth_token') !== kept.token) return unreadable(name)
    const { token, secret } = kept
    const tokens = await exchangeVerifier(app, { provider, auth, client, values }, { token, secret, verifier })
    return tokens instanceof Fault ? tokens : connectTokens(app, bound, { provider, auth, kept, tokens, address })
  }
  if (kept.kind !== 'code' || auth.kind !== 'oauth2') return unreadable(name)
  const code = callback.params.get('code')
  if (!code) return unreadable(name)
  const { redirectUri, verifier } = kept
  const grant = { grant: 'code' as const, code, redirectUri, ...(verifier !== undefined && { verifier }) }
  const told = fromCallback(auth, callback)
  const tokens = await requestToken(app, { provider, auth, client, values: { ...values, ...told } }, grant)
  if ('refused' in tokens) return tokens.fault
  return connectTokens(app, bound, { provider, auth, kept, tokens, told, address })
}

/** RFC 9207, 2.4: an answer of another authorization server than the one that was asked is dropped, whatever it says. */
function issuerFault(
  provider: Provider,
  { issuer, issuerRequired }: OAuth2,
  values: Values,
  told: string | undefined,
): Fault | undefined {
  if (issuer === undefined || (told === undefined && !issuerRequired)) return undefined
  if (told !== undefined && told === fillUrl(issuer, values, provider.connector.hosts)) return undefined
  return new Fault(
    'authentication_failed',
    `The answer did not come from ${provider.connector.name}. Nothing was connected.`,
    { fix: 'Begin again from this page. If it happens again, report it: somebody may be mixing up sign-ins.' },
  )
}

/** Values of the redirect back to remember with the connection: short ones on one line. */
function fromCallback({ keepFromCallback = {} }: OAuth2, { params }: Callback): Record<string, string> {
  const found = Object.entries(keepFromCallback).flatMap(([name, param]) => {
    const value = params.get(param)
    return value && value.length <= 500 && !/\p{Cc}/u.test(value) ? [[name, value]] : []
  })
  return Object.fromEntries(found)
}

function unreadable(name: string): Fault {
  return new Fault('provider_unavailable', `${name} sent the browser back without a usable answer.`, {
    fix: 'Try again.',
  })
}

/** Waits until whoever was here first with the same answer is done with it, so that its page can tell how it went. */
async function settled(app: App, { id }: ConnectSessionRow): Promise<void> {
  const done = (row: ConnectSessionRow | undefined) =>
    row?.code !== '' || sessionState(row, app.clock.now()) !== 'awaiting_user'
  await lookUntil(app, { topic: sessionTopic(id), waitMs: settleMs, done }, () => findSessionRow(app.db.read, id))
}
