import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { App } from '../app.ts'
import type { JobKind } from '../jobs/job.ts'
import { forgetSharedFiles } from './files/forget-shared-files.ts'
import { expireMessages } from './messages/end-undelivered.ts'
import { keepMs } from './retention.ts'
import { lookAtDueTasks } from './tasks/due-tasks.ts'

/** Rows in one transaction, between which others have their turn: larger ones hold up everybody else. */
const atOnce = 500
/** Of which kind of row so much is done in one run at most; the rest is for the next. */
const batchesMax = 20

/** Messages that nobody received in time have expired; whatever ended long enough ago goes. */
export async function sweepRelay(app: App): Promise<void> {
  await repeat(() => expire(app))
  await repeat(() => forget(app, 'relay_messages', 'seq'))
  await repeat(() => forget(app, 'relay_contents', 'id'))
  await repeat(() => forget(app, 'relay_broadcasts', 'seq'))
  await repeat(() => forgetTasks(app))
}

async function repeat(step: () => Promise<number>): Promise<void> {
  for (let i = 0; i < batchesMax; i++) {
    if ((await step()) < atOnce) return
    await nextTurn()
  }
}

async function expire(app: App): Promise<number> {
  const now = app.relay.now()
  const rows = await app.db.read
    .selectFrom('relay_messages')
    .select(['seq', 'mailbox', 'thread'])
    .where('expires_at', '<=', now)
    .where('state', '=', sql.lit('waiting'))
    .where('lease_until', '<=', now)
    .limit(atOnce)
    .execute()
  if (!rows.length) return 0
  const seqs = rows.map(({ seq }) => seq)
  await expireMessages(app, { seqs }, now)
  // The next of a thread may come now.
  app.relay.wake(new Set(rows.filter(({ thread }) => thread !== '').map(({ mailbox }) => mailbox)))
  return rows.length
}

async function forget(
  app: App,
  table: 'relay_messages' | 'relay_contents' | 'relay_broadcasts',
  key: 'seq' | 'id',
): Promise<number> {
  const now = app.relay.now()
  return app.db.write(async tx => {
    const done = await tx
      .deleteFrom(table)
      .where(key, 'in', ({ selectFrom }) =>
        selectFrom(table)
          .select(key)
          .where('expires_at', '<=', now)
          .$if(table === 'relay_messages', q => q.where('state', '!=', sql.lit('waiting')))
          .limit(atOnce),
      )
      .executeTakeFirst()
    return Number(done.numDeletedRows)
  })
}

async function forgetTasks(app: App): Promise<number> {
  const before = app.relay.now() - keepMs(app)
  return app.db.write(async tx => {
    const done = await tx
      .deleteFrom('relay_tasks')
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('relay_tasks').select('id').where('ended_at', '<=', before).limit(atOnce),
      )
      .executeTakeFirst()
    return Number(done.numDeletedRows)
  })
}

const sweepEveryMs = 5 * 60_000
const tasksEveryMs = 10_000

export const forgetRelayJob = (app: App): JobKind => ({
  failuresMax: Number.POSITIVE_INFINITY,
  async run() {
    await sweepRelay(app)
    await forgetSharedFiles(app)
    return { againAt: app.clock.now() + sweepEveryMs }
  },
})

/** Tasks whose deadline or whose assignee's time is over. */
export const relayTasksJob = (app: App): JobKind => ({
  failuresMax: Number.POSITIVE_INFINITY,
  async run() {
    const nextMs = (await lookAtDueTasks(app)) ?? tasksEveryMs
    return { againAt: app.clock.now() + Math.min(tasksEveryMs, Math.max(500, nextMs)) }
  },
})
