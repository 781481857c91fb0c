import type { Transaction } from 'kysely'
import type { PersonRow, Schema } from '../../db/schema.ts'
import { recordAudit } from '../audit.ts'
import type { Origin } from '../principal.ts'

const freeTries = 10
const firstLockMs = 60_000
const lockMsMax = 60 * 60_000

/** How long an account takes no password or code after this many wrong ones in a row: a minute from the tenth, then doubling. */
export function lockMs(failures: number): number {
  return failures < freeTries ? 0 : Math.min(firstLockMs * 2 ** (failures - freeTries), lockMsMax)
}

/**
 * Counts a try as wrong before it is looked at, so that any number of tries at once are no more than as many in a row.
 * The person, or undefined when there is none or the account is locked: both cost one write, as for everybody.
 */
export async function claimTry(
  tx: Transaction<Schema>,
  nowMs: number,
  who: { id: string } | { email: string },
): Promise<PersonRow | undefined> {
  const person = await tx
    .updateTable('people')
    .set(q => ({ failures: q('failures', '+', 1) }))
    .where(q => ('id' in who ? q('id', '=', who.id) : q('email', '=', who.email)))
    .where('locked_until', '<=', nowMs)
    .returningAll()
    .executeTakeFirst()
  if (!person) {
    await countStranger(tx, nowMs)
    return undefined
  }
  const locked_until = nowMs + lockMs(person.failures)
  if (locked_until > nowMs) await tx.updateTable('people').set({ locked_until }).where('id', '=', person.id).execute()
  return { ...person, locked_until }
}

/** The try was right and the person is in. False when the password changed in the meantime: then it was not. */
export async function forgiveTries(tx: Transaction<Schema>, person: PersonRow): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('people')
    .set({ failures: 0, locked_until: 0 })
    .where('id', '=', person.id)
    .where('password_hash', '=', person.password_hash)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The try was right, but is not all that is asked for; or it was not looked at. It counts for nothing, the ones before still do. */
export async function returnTry(tx: Transaction<Schema>, { id, locked_until }: PersonRow): Promise<void> {
  await tx
    .updateTable('people')
    .set(q => ({
      failures: q('failures', '-', 1),
      locked_until: q.case().when('locked_until', '=', locked_until).then(0).else(q.ref('locked_until')).end(),
    }))
    .where('id', '=', id)
    .where('failures', '>', 0) // whoever got in meanwhile had this one forgiven with the others
    .execute()
}

/** Writes down that a try was wrong; for a stranger nothing but the time, which takes a commit all the same. */
export async function recordWrongTry(
  tx: Transaction<Schema>,
  nowMs: number,
  { person, origin, step }: { person: PersonRow | undefined; origin: Origin; step: 'password' | 'code' },
): Promise<void> {
  if (!person) return countStranger(tx, nowMs)
  await recordAudit(tx, nowMs, {
    workspaceId: '',
    actor: { kind: 'person', id: person.id, name: person.name },
    action: 'sign_in.failed',
    target: person.id,
    address: origin.address,
    details: { step, failures: person.failures },
  })
}

/** When somebody who is not here, or whose account is locked, last tried. */
async function countStranger(tx: Transaction<Schema>, nowMs: number): Promise<void> {
  const value = String(nowMs)
  await tx
    .insertInto('settings')
    .values({ name: 'stranger_tried_at', value })
    .onConflict(on => on.column('name').doUpdateSet({ value }))
    .execute()
}
