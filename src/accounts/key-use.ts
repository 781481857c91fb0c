import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Db } from '../db/db.ts'

/** When keys were last used: remembered here and written together at intervals, so that no call waits for it. */
export type KeyUse = {
  note(keyId: string): void
  /** Writes what is remembered, in one transaction, and nothing when there is nothing. */
  flush(): Promise<void>
  /** The last flush. */
  close(): Promise<void>
}

/** How long a use may stay in memory alone, and how often a process writes at most. */
const flushEveryMs = 60_000

/** A use that a crash takes away is no loss worth a write per call; so is a flush that fails, which the log tells of. */
export function createKeyUse(db: Db, clock: Clock, log: Log): KeyUse {
  let used = new Map<string, number>()
  let cancel: (() => void) | undefined
  let writing = Promise.resolve()

  function flush(): Promise<void> {
    cancel?.()
    cancel = undefined
    const uses = used
    used = new Map()
    if (uses.size)
      writing = writing
        .then(() => write(db, uses))
        .catch(cause => log.error({ err: cause }, 'the last use of keys could not be written'))
    return writing
  }

  return {
    note(keyId) {
      used.set(keyId, clock.now())
      cancel ??= clock.after(flushEveryMs, flush)
    },
    flush,
    close: flush,
  }
}

async function write(db: Db, uses: ReadonlyMap<string, number>): Promise<void> {
  await db.write(async tx => {
    // In the order of their ids: two processes that write the same keys must not wait for each other.
    for (const [id, usedAt] of [...uses].sort(([a], [b]) => (a < b ? -1 : 1)))
      await tx
        .updateTable('keys')
        .set({ last_used_at: usedAt })
        .where('id', '=', id)
        .where(q => q.or([q('last_used_at', 'is', null), q('last_used_at', '<', usedAt)]))
        .execute()
  })
}
