import { hash } from 'node:crypto'
import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { isSameText } from '../../core/is-same-text.ts'
import type { Db } from '../../db/db.ts'
import type { PairingRow, Schema } from '../../db/schema.ts'
import { recordAudit } from '../audit.ts'
import { insertKey, type NewKey } from '../create-key.ts'
import { type Granted, type PairingState, pairingState, pollIntervalMs } from './pairing.ts'

/**
 * How a pairing stands, for the device that started it. The first poll after the approval makes the key and is the only one
 * to get it, in whichever process and however many come at once.
 */
export async function pollPairing(
  db: Db,
  nowMs: number,
  { id, verifier, address }: { id: string; verifier: string; address: string },
): Promise<{ state: PairingState; made?: NewKey } | Fault> {
  const row = await db.read.selectFrom('pairings').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row || !isVerifierOf(row, verifier)) return notYours()
  const wait = row.polled_at + pollIntervalMs - nowMs
  if (wait > 0) return tooFast(wait)
  return db.write(async tx => {
    const polled = await tx
      .updateTable('pairings')
      .set({ polled_at: nowMs })
      .where('id', '=', id)
      .where('polled_at', '<=', nowMs - pollIntervalMs)
      .returningAll()
      .executeTakeFirst()
    if (!polled) return tooFast(pollIntervalMs)
    const state = pairingState(polled, nowMs)
    return state === 'approved' ? complete(tx, nowMs, { row: polled, address }) : { state }
  })
}

/** This transaction holds the row of the pairing, so nobody else is here at the same time. */
async function complete(
  tx: Transaction<Schema>,
  nowMs: number,
  { row, address }: { row: PairingRow; address: string },
): Promise<{ state: PairingState; made: NewKey }> {
  const { agentId, terms, byName } = JSON.parse(row.granted) as Granted // as approve-pairing.ts stored it
  const agent = await tx.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirstOrThrow()
  const made = await insertKey(tx, nowMs, { agent, createdBy: row.decided_by, ...terms })
  await tx
    .updateTable('pairings')
    .set({ state: 'completed', key_id: made.id, granted: '' })
    .where('id', '=', row.id)
    .execute()
  const event = { workspaceId: row.workspace_id, address }
  await recordAudit(tx, nowMs, {
    ...event,
    actor: { kind: 'person', id: row.decided_by, name: byName },
    action: 'key.made',
    target: made.id,
    details: { agent: agent.name, environment: terms.environment, pairing: row.id },
  })
  await recordAudit(tx, nowMs, {
    ...event,
    actor: { kind: 'agent', id: agent.id, name: agent.name },
    action: 'pairing.completed',
    target: row.id,
    details: { key: made.id },
  })
  return { state: 'completed', made }
}

function isVerifierOf({ challenge }: PairingRow, verifier: string): boolean {
  return isSameText(challenge, hash('sha256', verifier, 'base64url'))
}

/** The same for a pairing that is not there: nothing to enumerate. */
function notYours(): Fault {
  return new Fault('not_found', 'There is no pairing of this id and verifier.', { fix: 'Start a new one.' })
}

function tooFast(retryAfterMs: number): Fault {
  return new Fault('rate_limited', 'This device asks too often.', { retryAfterMs })
}
