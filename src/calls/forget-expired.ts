import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import { forgetSessions } from '../connections/sessions/forget-sessions.ts'
import type { Schema } from '../db/schema.ts'
import { forgetEvents } from '../events/forget-events.ts'
import { forgetFiles } from '../files/forget-files.ts'
import type { JobKind } from '../jobs/job.ts'
import { forgetBreakers } from './breaker/breaker-rows.ts'
import { endAbandoned } from './idempotency/end-cut-off.ts'
import { forgetKeys } from './idempotency/key-rows.ts'
import { answerKeptMs } from './parked.ts'

const everyMs = 60 * 60 * 1000

/**
 * Removes sealed rows, files, idempotency keys, connect sessions, events and breakers whose time is over, again and again: answers
 * that were kept for a day, and whatever else ends. Also ends calls that were cut off and that nobody asks for any more.
 */
export const forgetExpiredJob = (app: App): JobKind => ({
  failuresMax: Number.POSITIVE_INFINITY,
  async run() {
    const now = app.clock.now()
    await endAbandoned(app)
    const forgets: ((tx: Transaction<Schema>) => Promise<unknown>)[] = [
      tx => tx.deleteFrom('seals').where('expires_at', '<=', now).execute(),
      tx => forgetKeys(tx, { nowMs: now, endedBeforeMs: now - answerKeptMs }),
      tx => forgetSessions(tx, now),
      tx => forgetEvents(tx, now),
      tx => forgetBreakers(tx, now),
    ]
    // Others have their turn in between: of each there may be very many.
    for (const forget of forgets) {
      await app.db.write(forget)
      await nextTurn()
    }
    await forgetFiles(app)
    return { againAt: now + everyMs }
  },
})
