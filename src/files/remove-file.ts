import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../db/db.ts'

/** Chunks in one commit, 8 MiB: calls go on in between. */
const together = 32

/**
 * Removes a file, whatever its state. It is out of sight at once; its chunks go a few at a time and its row last, so that
 * what is cut off in the middle is found by the clean-up.
 */
export async function removeFile(db: Db, id: string): Promise<void> {
  await db.write(tx => tx.updateTable('files').set({ state: 'writing', expires_at: 0 }).where('id', '=', id).execute())
  while (await removeChunks(db, id)) await nextTurn()
  await db.write(async tx => {
    await tx.deleteFrom('files').where('id', '=', id).execute()
    // Of one that was still being written more may have come meanwhile; without its row nothing more can.
    await tx.deleteFrom('file_chunks').where('file_id', '=', id).execute()
  })
}

/** Whether there may be more. */
async function removeChunks(db: Db, id: string): Promise<boolean> {
  return db.write(async tx => {
    const first = await tx
      .selectFrom('file_chunks')
      .select('seq')
      .where('file_id', '=', id)
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst()
    if (!first) return false
    await tx
      .deleteFrom('file_chunks')
      .where('file_id', '=', id)
      .where('seq', '<', first.seq + together)
      .execute()
    return true
  })
}
