import type { App } from '../app.ts'
import type { Provider } from '../catalog/catalog.ts'
import type { Clock } from '../core/clock.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import type { ConnectionRow, CredentialRow } from '../db/schema.ts'
import { authOf, valuesOf } from './auth-of.ts'
import type { Credential } from './credential.ts'
import type { Engine } from './oauth/client.ts'
import type { TokenRefusal } from './oauth/refusal.ts'
import { requestToken } from './oauth/request-token.ts'
import type { TokenSet } from './oauth/token-answer.ts'
import { clientOf } from './oauth-apps/client-of.ts'
import { openCredential } from './open-credential.ts'
import { type Found, lateMs, leaseMs, lookEveryMs, nextStep, patienceMs, type RenewalEnd } from './renewal.ts'
import { noteRefusal, saveRenewed } from './settle-renewal.ts'

export type WantedRenewal = {
  connection: Pick<ConnectionRow, 'id'>
  provider: Provider
  /** What is of no use any more. When another version is there by now, that is the answer. */
  staleVersion: number
  /** Try although it failed before, because a person asks or something has changed. */
  insist?: boolean
}

/**
 * Has a credential replaced, however many callers of however many processes want that at the same time: one of them asks
 * the provider, and all learn how it ended. Who asks holds a lease, so that the others wait for it and not for ever; what
 * comes back is saved only over the very version that it was asked with.
 */
export function renewCredential(app: App, wanted: WantedRenewal): Promise<RenewalEnd> {
  return app.renewals.join(`${wanted.connection.id} ${wanted.staleVersion}`, () => renew(app, wanted))
}

async function renew(app: App, { connection, provider, staleVersion, insist = false }: WantedRenewal) {
  let mayInsist = insist
  for (;;) {
    const found = await findNow(app, connection.id)
    const step = nextStep(found, { staleVersion, insist: mayInsist, nowMs: app.clock.now() })
    if ('end' in step) return step
    const claimed = step.next === 'claim' ? await claim(app, connection.id, staleVersion) : undefined
    if (claimed && found) {
      mayInsist = false
      await renewClaimed(app, provider, { ...found, row: claimed })
    } else {
      await passed(app.clock, lookEveryMs).over
    }
  }
}

async function findNow(app: App, id: string): Promise<Found | undefined> {
  const [row] = await app.queries.connections.credential(id)
  const connection = await app.db.read.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst()
  return row && connection ? { row, connection } : undefined
}

/** Takes the lease, if this version is still there and nobody else has it. One statement: no two processes both succeed. */
async function claim(app: App, id: string, version: number): Promise<CredentialRow | undefined> {
  const now = app.clock.now()
  return app.db.write(tx =>
    tx
      .updateTable('credentials')
      .set({ lease_owner: newId('worker', now), lease_until: now + leaseMs })
      .where('connection_id', '=', id)
      .where('version', '=', version)
      .where('lease_until', '<=', now)
      .returningAll()
      .executeTakeFirst(),
  )
}

/** Asks the provider and stores what it says. An answer that comes too late for the callers is stored all the same. */
async function renewClaimed(app: App, provider: Provider, claimed: Found): Promise<void> {
  const credential = openCredential(app, claimed.row)
  if (credential instanceof Fault) return noteRefusal(app, claimed, tryLater(credential))
  const asked = askProvider(app, provider, claimed, credential).catch(cause => tryLater(unasked(app, cause)))
  const patience = passed(app.clock, patienceMs)
  const answer = await Promise.race([asked, patience.over])
  patience.cancel()
  if (answer) return settle(app, claimed, credential, answer)
  await noteRefusal(app, claimed, tryLater(tooSlow(provider)))
  app.renewals.follow(asked.then(late => ('refused' in late ? undefined : saveRenewed(app, claimed, credential, late))))
}

function settle(app: App, claimed: Found, credential: Credential, answer: TokenSet | TokenRefusal): Promise<void> {
  return 'refused' in answer ? noteRefusal(app, claimed, answer) : saveRenewed(app, claimed, credential, answer)
}

async function askProvider(
  app: App,
  provider: Provider,
  { connection }: Found,
  credential: Credential,
): Promise<TokenSet | TokenRefusal> {
  const auth = authOf(provider, connection)
  if (auth instanceof Fault) return { refused: 'invalid_grant', reached: 'not_sent', fault: auth }
  const values = valuesOf(provider, connection)
  switch (auth.kind) {
    case 'oauth2':
    case 'oauth2_device': {
      const client = await clientOf(app, connection.workspace_id, provider, auth, connection.oauth_app_id)
      if (client instanceof Fault) return withoutClient(client)
      return requestToken(patient(app), { provider, auth, client, values }, { grant: 'refresh', credential })
    }
    case 'client_credentials':
    case 'jwt_bearer':
      return requestToken(patient(app), { provider, auth, client: null, values }, { grant: auth.kind, credential })
    default:
      return { refused: 'invalid_grant', reached: 'not_sent', fault: notRenewable(connection) }
  }
}

/** Asks with more time than its callers have. */
function patient({ net, clock, config }: App): Engine {
  return { clock, config, net: { ...net, send: request => net.send({ ...request, timeoutMs: lateMs }) } }
}

/** Something of our own failed before the provider was asked, such as a query. */
function unasked(app: App, cause: unknown): Fault {
  app.log.error({ err: cause }, 'a provider could not be asked to renew a credential')
  return new Fault('internal', 'ClawLink could not ask the provider just now.')
}

const withoutClient = (fault: Fault): TokenRefusal =>
  fault.code === 'internal' ? tryLater(fault) : { refused: 'client', reached: 'not_sent', fault }

const tryLater = (fault: Fault): TokenRefusal => ({ refused: 'unavailable', reached: 'maybe_sent', fault })

/** Not again while the answer may still come: a refresh token that is handed in twice may end the whole sign-in. */
const tooSlow = ({ connector }: Provider): Fault =>
  new Fault('timeout', `${connector.name} did not answer within ${patienceMs / 1000} s.`, {
    retryAfterMs: lateMs - patienceMs,
  })

const notRenewable = ({ label }: ConnectionRow): Fault =>
  new Fault('authentication_failed', `The credential of ${label} cannot be renewed without a person.`)

function passed(clock: Clock, ms: number): { over: Promise<undefined>; cancel(): void } {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { over: promise, cancel: clock.after(ms, () => resolve(undefined)) }
}
