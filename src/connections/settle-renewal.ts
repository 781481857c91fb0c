/** What is stored of a renewal: never over something newer. */
import type { Transaction, UpdateObject } from 'kysely'
import type { App } from '../app.ts'
import type { ConnectionRow, Schema } from '../db/schema.ts'
import { backoffMs } from '../jobs/backoff.ts'
import { metadataOf } from './auth-of.ts'
import { restingState, type Standing } from './connection-state.ts'
import type { Credential } from './credential.ts'
import { lockConnection } from './lock-connection.ts'
import type { TokenRefusal } from './oauth/refusal.ts'
import type { TokenSet } from './oauth/token-answer.ts'
import { type Found, isNewerThan, meaningOf } from './renewal.ts'
import { setConnectionState } from './set-state.ts'
import { sealedColumns } from './store-credential.ts'

/** The shortest pause after a try that came to nothing, and the longest that a provider may ask for. */
const pauseMinMs = 1_000
const pauseMaxMs = 60 * 60_000
/** A token that the provider has given and that cannot be stored is lost, and the one before it may be used up. */
const saveTries = 5
const saveAgainMs = 500

/**
 * Stores what the provider gave as the next version, also when it comes late and however the connection stands by then, as
 * long as nothing newer is there. Otherwise it is dropped.
 */
export async function saveRenewed(app: App, asked: Found, credential: Credential, tokens: TokenSet): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await app.db.write(tx => store(app, tx, asked, credential, tokens))
      app.memory.connections.clear()
      return
    } catch (cause) {
      if (tries === saveTries) throw cause
      app.log.warn({ err: cause, connectionId: asked.connection.id }, 'a renewed credential could not be stored yet')
      await new Promise<void>(resolve => app.clock.after(saveAgainMs, resolve))
    }
  }
}

async function store(
  app: App,
  tx: Transaction<Schema>,
  { row }: Found,
  credential: Credential,
  { parts, expiresAt, scopes, metadata }: TokenSet,
): Promise<void> {
  const now = app.clock.now()
  const connection = await lockConnection(app, tx, row.connection_id)
  const query = tx.selectFrom('credentials').selectAll().where('connection_id', '=', row.connection_id)
  const stored = await (app.db.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
  if (!connection || !stored || !isNewerThan(stored, row)) return
  // Without a new refresh token the old one goes on being good (RFC 6749, 6).
  const sealed = sealedColumns(app, connection, credential.with(parts), stored.version + 1)
  const lease = stored.lease_owner === row.lease_owner ? idle : {}
  await tx
    .updateTable('credentials')
    .set({ ...sealed, ...lease, expires_at: expiresAt, updated_at: now, failures: 0, renew_after: 0 })
    .where('connection_id', '=', row.connection_id)
    .execute()
  const granted_scopes = scopes ? JSON.stringify(scopes) : connection.granted_scopes
  const change = {
    granted_scopes,
    metadata: JSON.stringify({ ...metadataOf(connection), ...metadata }),
  }
  if (change.granted_scopes !== connection.granted_scopes || change.metadata !== connection.metadata)
    await tx.updateTable('connections').set(change).where('id', '=', connection.id).execute()
  const standing = restingState({ ...connection, granted_scopes }, { renewable: 1, expires_at: expiresAt }, now)
  await setConnectionState(app, tx, connection.id, standing)
}

/**
 * Notes that there is no new token, and whether to try again later or to ask a person. Nothing is noted when the version or
 * the lease is another by now: then somebody else knows more.
 */
export async function noteRefusal(
  app: App,
  { row, connection }: Found,
  { refused, fault }: TokenRefusal,
): Promise<void> {
  const now = app.clock.now()
  const failures = row.failures + 1
  const meaning = meaningOf(refused, failures)
  const { name = connection.provider } = app.catalog.providers.get(connection.provider)?.connector ?? {}
  const asked = Math.min(fault.details.retryAfterMs ?? 0, pauseMaxMs)
  const pause = Math.max(pauseMinMs, asked, backoffMs(failures, app.random))
  const change: UpdateObject<Schema, 'credentials'> = {
    // Who asked last stays known: its answer may come late.
    lease_until: 0,
    failures,
    renew_after: meaning === 'try_later' ? now + pause : 0,
  }
  app.log.warn({ connectionId: connection.id, refused, code: fault.code, failures }, 'a credential was not renewed')
  await app.db.write(async tx => {
    await lockConnection(app, tx, connection.id)
    const noted = await tx
      .updateTable('credentials')
      .set(change)
      .where('connection_id', '=', row.connection_id)
      .where('version', '=', row.version)
      .where('lease_owner', '=', row.lease_owner)
      .executeTakeFirst()
    if (noted.numUpdatedRows !== 1n) return
    const reasons: Record<typeof meaning, Standing> = {
      ended: {
        state: 'needs_reauth',
        reason: `${name} no longer accepts this sign-in: it was revoked or has run out.`,
      },
      wrong_client: { state: 'needs_reauth', reason: clientReason(connection, name) },
      try_later: { state: 'degraded', reason: `The sign-in could not be renewed: ${fault.message}` },
    }
    // That a person is needed is not forgotten over a failure that says less.
    if (meaning === 'try_later' && connection.state === 'needs_reauth') return
    await setConnectionState(app, tx, connection.id, reasons[meaning])
  })
  app.memory.connections.clear()
}

function clientReason({ oauth_app_id: appId }: ConnectionRow, name: string): string {
  return appId === ''
    ? `${name} refuses the client id or the client secret that this connection uses.`
    : `The OAuth app that this connection uses is gone, or ${name} refuses its client id or secret. An owner or admin puts that right under OAuth apps.`
}

/** Nobody renews it just now. */
const idle = { lease_owner: '', lease_until: 0 }
