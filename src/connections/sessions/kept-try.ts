/** What a try needs in secret while the person is at the provider: sealed under the id of its session, one at a time. */
import { hash, randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { ConnectSessionRow, Schema } from '../../db/schema.ts'
import { findSealed, putSeal } from '../../vault/sealed-rows.ts'
import { isOver } from './bound-session.ts'
import { sessionState } from './connect-session.ts'

/** What stays the same until a try ends, whichever kind it is. */
export type Choices = {
  /** Tells this try from every other one of the session. */
  id: string
  way: string
  /** Empty for the OAuth app that comes with ClawLink. */
  oauthAppId: string
  parts: Record<string, string>
  values: Record<string, string>
  scopes: string[]
  label: string
  makeDefault: boolean
}
export type CodeTry = Choices & { kind: 'code'; redirectUri: string; verifier?: string }
export type OAuth1Try = Choices & { kind: 'oauth1'; token: string; secret: string }
export type DeviceTry = Choices & {
  kind: 'device'
  deviceCode: string
  intervalMs: number
  /** When the provider may be asked again. */
  pollAt: number
  /** When the code ends. */
  endsAt: number
}
export type KeptTry = CodeTry | OAuth1Try | DeviceTry

export const newTryId = () => randomBytes(16).toString('hex')

export const stateHash = (state: string) => hash('sha256', state)

/** What stands in for the hash of a state that was used: it still leads to its page, and to nothing else. */
export const takenMark = (hashed: string) => `taken ${hashed}`

/** Begins a try, which takes the place of the one before: an answer to that one is worth nothing any more. */
export async function beginTry(
  app: App,
  row: ConnectSessionRow,
  kept: KeptTry,
  hashedState = '',
): Promise<Fault | undefined> {
  return app.db.write(async tx => {
    const begun = await tx
      .updateTable('connect_sessions')
      .set({ state_hash: hashedState, code: '', problem: '' })
      .where('id', '=', row.id)
      .where('state', '=', 'awaiting_user')
      .where('session_id', '=', row.session_id)
      .returning('id')
      .executeTakeFirst()
    if (!begun) return isOver(await stateNow(app, tx, row.id))
    await keepTry(app, tx, row, kept)
    return undefined
  })
}

export async function keepTry(app: App, tx: Transaction<Schema>, row: ConnectSessionRow, kept: KeptTry): Promise<void> {
  const text = JSON.stringify(kept)
  await putSeal(tx, app.vault, { id: row.id, workspaceId: row.workspace_id, text, expiresAt: row.expires_at })
}

/** The try that is on its way, or undefined when there is none. */
export async function readTry(app: App, tx: Transaction<Schema>, row: ConnectSessionRow): Promise<KeptTry | undefined> {
  const opened = await findSealed(tx, app.vault, { id: row.id, workspaceId: row.workspace_id })
  if (!opened || opened instanceof Fault) return undefined
  return JSON.parse(opened.reveal()) as KeptTry // sealed by `keepTry`, and nowhere else
}

/** Takes the try that waits for this state, out of everybody else's reach: of any number of callers one gets it. */
export async function takeTry(app: App, row: ConnectSessionRow, hashedState: string): Promise<KeptTry | undefined> {
  const now = app.clock.now()
  return app.db.write(async tx => {
    const taken = await tx
      .updateTable('connect_sessions')
      .set({ state_hash: takenMark(hashedState), code: '', problem: '' })
      .where('id', '=', row.id)
      .where('state_hash', '=', hashedState)
      .where('state', '=', 'awaiting_user')
      .where('expires_at', '>', now)
      .returning('id')
      .executeTakeFirst()
    if (!taken) return undefined
    const kept = await readTry(app, tx, row)
    await tx.deleteFrom('seals').where('id', '=', row.id).execute()
    return kept
  })
}

async function stateNow(app: App, tx: Transaction<Schema>, id: string) {
  const row = await tx.selectFrom('connect_sessions').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? sessionState(row, app.clock.now()) : 'expired'
}
