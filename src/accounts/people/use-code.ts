import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import type { PersonRow, Schema } from '../../db/schema.ts'
import { openSeal } from '../../vault/sealed-rows.ts'
import type { Vault } from '../../vault/vault.ts'
import type { OneTimeCodes } from './one-time-code.ts'
import { withoutCode } from './recovery-codes.ts'

/** Uses a one-time code or a recovery code up, if it is right: each works once, also when it is sent twice at once. */
export async function useCode(
  tx: Transaction<Schema>,
  nowMs: number,
  { vault, codes, person, code }: { vault: Vault; codes: OneTimeCodes; person: PersonRow; code: string },
): Promise<'one-time code' | 'recovery code' | undefined> {
  const typed = code.replace(/[\s-]/g, '')
  if (!/^\d{6}$/.test(typed)) return (await useRecoveryCode(tx, person, typed)) ? 'recovery code' : undefined
  const row = await tx.selectFrom('seals').selectAll().where('id', '=', person.id).executeTakeFirst()
  const secret = row && openSeal(vault, row)
  if (!secret || secret instanceof Fault) return undefined
  const step = codes.stepOf(typed, secret.reveal(), nowMs)
  if (step === undefined) return undefined
  const { numUpdatedRows } = await tx
    .updateTable('people')
    .set({ totp_last_step: step })
    .where('id', '=', person.id)
    .where('totp_last_step', '<', step)
    .executeTakeFirst()
  return numUpdatedRows > 0n ? 'one-time code' : undefined
}

async function useRecoveryCode(tx: Transaction<Schema>, { id, recovery_hashes }: PersonRow, code: string) {
  const left = withoutCode(recovery_hashes, code)
  if (left === undefined) return false
  const { numUpdatedRows } = await tx
    .updateTable('people')
    .set({ recovery_hashes: left })
    .where('id', '=', id)
    .where('recovery_hashes', '=', recovery_hashes)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
