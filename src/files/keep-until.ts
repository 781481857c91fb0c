import type { Transaction } from 'kysely'
import type { Schema } from '../db/schema.ts'

/** Lets a file live at least until this time: a call that waits is going to need it. */
export async function keepUntil(tx: Transaction<Schema>, fileId: string, untilMs: number): Promise<void> {
  await tx
    .updateTable('files')
    .set({ expires_at: untilMs })
    .where('id', '=', fileId)
    .where('state', '=', 'ready') // not one that goes
    .where('expires_at', '<', untilMs)
    .execute()
}
