import type { Kysely } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Db } from '../../db/db.ts'
import type { PairingRow, Schema } from '../../db/schema.ts'
import { networkOf } from '../network-of.ts'
import { isPlainText } from '../plain-text.ts'
import type { Environment } from '../principal.ts'
import type { Scope } from '../scope.ts'
import { pairingTtlMs } from './pairing.ts'
import { newUserCode } from './user-code.ts'

export type PairingWish = {
  /** How the device calls itself. */
  label: string
  host: string
  environment: Environment
  scope: Scope
  /** base64url of the SHA-256 of a secret that the device keeps (as RFC 7636, 4.2). */
  challenge: string
}

const perAddress = { minute: 5, pending: 30 }
const pendingMax = 1000
/** A device can still ask how its pairing ended for this long after its time was over. */
const keptMs = 60 * 60_000
const turn = 'pairing_turn'

/**
 * Starts a pairing. Everybody may, so there is a limit per address and one for all, in every process together. Nothing is
 * given away yet: a member has to approve it, and only the device that knows the verifier can fetch the key.
 */
export async function startPairing(
  db: Db,
  nowMs: number,
  { wish, address }: { wish: PairingWish; address: string },
): Promise<PairingRow | Fault> {
  if (!isPlainText(wish.label, 80)) return badText('label')
  if (wish.host !== '' && !isPlainText(wish.host, 200)) return badText('host')
  // Most of a flood ends here, without a turn at the writes of everybody else.
  const flood = await tooMany(db.read, address, nowMs)
  if (flood) return flood
  return db.write(async tx => {
    // Whoever starts one waits here for the others who do: this row stays locked until the transaction ends.
    await tx
      .insertInto('settings')
      .values({ name: turn, value: '' })
      .onConflict(on => on.column('name').doUpdateSet({ value: '' }))
      .execute()
    const refused = await tooMany(tx, address, nowMs)
    if (refused) return refused
    await tx
      .deleteFrom('pairings')
      .where('expires_at', '<=', nowMs - keptMs)
      .execute()
    const row: PairingRow = {
      id: newId('pair', nowMs),
      user_code: await freeCode(tx),
      challenge: wish.challenge,
      label: wish.label.trim(),
      host: wish.host.trim(),
      address,
      environment: wish.environment,
      asked_scope: JSON.stringify(wish.scope),
      state: 'awaiting_browser',
      workspace_id: '',
      granted: '',
      decided_by: '',
      key_id: '',
      polled_at: 0,
      created_at: nowMs,
      expires_at: nowMs + pairingTtlMs,
    }
    await tx.insertInto('pairings').values(row).execute()
    return row
  })
}

async function tooMany(db: Kysely<Schema>, address: string, nowMs: number): Promise<Fault | undefined> {
  const minuteAgo = nowMs - 60_000
  const rows = await db
    .selectFrom('pairings')
    .select(['address', 'created_at', 'state', 'expires_at'])
    .where(q => q.or([q('created_at', '>', minuteAgo), q('expires_at', '>', nowMs)]))
    .execute()
  const ours = rows.filter(row => networkOf(row.address) === networkOf(address))
  const recent = ours.filter(row => row.created_at > minuteAgo)
  if (recent.length >= perAddress.minute) {
    const oldest = Math.min(...recent.map(row => row.created_at))
    return new Fault('rate_limited', 'Too many pairings were started from this address.', {
      retryAfterMs: oldest - minuteAgo,
    })
  }
  const isPending = (row: (typeof rows)[number]) => row.state === 'awaiting_browser' && row.expires_at > nowMs
  const ourPending = ours.filter(isPending)
  const pending = rows.filter(isPending)
  const full = ourPending.length >= perAddress.pending ? ourPending : pending.length >= pendingMax ? pending : undefined
  if (!full) return undefined
  return new Fault('rate_limited', 'Too many pairings wait for a member already.', {
    retryAfterMs: Math.min(...full.map(row => row.expires_at)) - nowMs,
  })
}

/** A code that no other pairing has. Among 2.5 × 10^10 the first one nearly always is. */
async function freeCode(tx: Kysely<Schema>): Promise<string> {
  for (;;) {
    const code = newUserCode()
    const taken = await tx.selectFrom('pairings').select('id').where('user_code', '=', code).executeTakeFirst()
    if (!taken) return code
  }
}

function badText(field: 'label' | 'host'): Fault {
  const problem = `must be 1 to ${field === 'label' ? 80 : 200} printable characters on one line`
  return new Fault('validation_error', `The ${field} ${problem}.`, { invalidFields: [{ field, problem }] })
}
