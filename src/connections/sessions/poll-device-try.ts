import type { Transaction } from 'kysely'
import type { PersonPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { ConnectSessionRow, Schema } from '../../db/schema.ts'
import { requestToken } from '../oauth/request-token.ts'
import { clientOf } from '../oauth-apps/client-of.ts'
import { type BoundSession, boundElsewhere, isBoundTo, sessionFor } from './bound-session.ts'
import { problemOf, type SessionProblem, type SessionState, sessionState } from './connect-session.ts'
import { connectTokens } from './connect-tokens.ts'
import { recordProblem } from './end-session.ts'
import { findSessionRow } from './get-session.ts'
import { type DeviceTry, keepTry, readTry } from './kept-try.ts'
import { wayOf } from './prepare-try.ts'
import { isDevice } from './start-device-try.ts'

/** Nobody else asks the provider while one does. Longer than such a request and what follows it may take. */
const askingMs = 120_000
/** How much slower to ask from then on when the provider says so (RFC 8628, 3.5). */
const slowerMs = 5_000

/**
 * How it stands with the code. Asks the provider no faster than it wants to be asked, and never twice at once, however many
 * ask here in however many processes. Of a session that is over it tells how it ended.
 */
export async function pollDeviceTry(
  app: App,
  person: PersonPrincipal,
  { id, address }: { id: string; address: string },
): Promise<{ state: SessionState; problem: SessionProblem } | Fault> {
  const bound = await sessionFor(app, person, id)
  if (bound instanceof Fault) return bound
  if (!isBoundTo(bound.row, person)) return boundElsewhere()
  const kept = await takeTurn(app, bound.row)
  if (kept) await ask(app, bound, kept, address)
  const row = (await findSessionRow(app.db.read, id)) ?? bound.row
  return { state: sessionState(row, app.clock.now()), problem: problemOf(row) }
}

async function ask(app: App, bound: BoundSession, kept: DeviceTry, address: string): Promise<void> {
  const found = wayOf(app, bound.row, kept.way, isDevice)
  const failed = found instanceof Fault ? found : await exchange(app, bound, { ...found, kept, address })
  if (typeof failed === 'object') {
    await replaceTry(app, bound.row, kept, undefined)
    await recordProblem(app, bound.row, failed)
  } else if (failed !== undefined) {
    const intervalMs = kept.intervalMs + failed
    await replaceTry(app, bound.row, kept, { ...kept, intervalMs, pollAt: app.clock.now() + intervalMs })
  }
}

/** Nothing when it connected; how much longer the next pause is while nobody has decided; a fault when it is over. */
async function exchange(
  app: App,
  bound: BoundSession,
  {
    provider,
    auth,
    kept,
    address,
  }: Exclude<ReturnType<typeof deviceWay>, Fault> & { kept: DeviceTry; address: string },
): Promise<number | Fault | undefined> {
  const { name } = provider.connector
  if (kept.endsAt <= app.clock.now())
    return new Fault('permission_denied', `The code of ${name} has expired.`, { fix: 'Get a new code.' })
  const client = await clientOf(app, bound.row.workspace_id, provider, auth, kept.oauthAppId)
  if (client instanceof Fault) return client
  const values = { base: provider.base, ...kept.values }
  const { deviceCode } = kept
  const tokens = await requestToken(app, { provider, auth, client, values }, { grant: 'device', deviceCode })
  if (!('refused' in tokens)) return connectTokens(app, bound, { provider, auth, kept, tokens, address })
  switch (tokens.refused) {
    case 'pending':
      return 0
    case 'slow_down':
      return slowerMs
    case 'unavailable':
      return kept.intervalMs
    case 'denied':
      return new Fault('permission_denied', `The access was not allowed at ${name}. Nothing was connected.`)
    default:
      return tokens.fault
  }
}

const deviceWay = (app: App, row: ConnectSessionRow, way: string) => wayOf(app, row, way, isDevice)

/** The try, for the one whose turn it is to ask the provider. */
async function takeTurn(app: App, row: ConnectSessionRow): Promise<DeviceTry | undefined> {
  const now = app.clock.now()
  return app.db.write(async tx => {
    const kept = (await lockOpen(tx, row, now)) ? await readTry(app, tx, row) : undefined
    if (kept?.kind !== 'device' || kept.pollAt > now) return undefined
    await keepTry(app, tx, row, { ...kept, pollAt: now + askingMs })
    return kept
  })
}

/** Puts a try in the place of itself, or removes it; one that was begun since is left alone. */
async function replaceTry(
  app: App,
  row: ConnectSessionRow,
  { id }: DeviceTry,
  next: DeviceTry | undefined,
): Promise<void> {
  await app.db.write(async tx => {
    const open = await lockOpen(tx, row, app.clock.now())
    const kept = open ? await readTry(app, tx, row) : undefined
    if (kept?.id !== id) return
    if (next) await keepTry(app, tx, row, next)
    else await tx.deleteFrom('seals').where('id', '=', row.id).execute()
  })
}

/** Whoever changes the try waits here for the others who do. False when the session is over. */
async function lockOpen(tx: Transaction<Schema>, { id }: ConnectSessionRow, nowMs: number): Promise<boolean> {
  const open = await tx
    .updateTable('connect_sessions')
    .set(({ ref }) => ({ state: ref('state') }))
    .where('id', '=', id)
    .where('state', '=', 'awaiting_user')
    .where('expires_at', '>', nowMs)
    .returning('id')
    .executeTakeFirst()
  return open !== undefined
}
