import type { App } from '../app.ts'
import { forgetSessions } from '../connections/sessions/forget-sessions.ts'
import type { JobKind } from '../jobs/job.ts'

const everyMs = 60 * 60 * 1000

/**
 * Removes sealed rows and connect sessions whose time is over, again and again: answers that were kept for a day, and
 * whatever else ends.
 */
export const forgetExpiredJob = (app: App): JobKind => ({
  failuresMax: Number.POSITIVE_INFINITY,
  async run() {
    const now = app.clock.now()
    await app.db.write(async tx => {
      await tx.deleteFrom('seals').where('expires_at', '<=', now).execute()
      await forgetSessions(tx, now)
    })
    return { againAt: now + everyMs }
  },
})
