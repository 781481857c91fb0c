import type { App } from '../../app.ts'
import type { JobKind } from '../../jobs/job.ts'
import { putMessages } from '../messages/new-message.ts'
import { keepMs, messageLastsMs } from '../retention.ts'
import { copiesAtOnce, copiesFor, copyIdFor, type Original, subscribersAfter } from './copies.ts'

export const fanOutKind = 'relay_fan_out'

/** Gives each of a topic's many subscribers its copy. Subject: the id of the broadcast. */
export function fanOutJob(app: App): JobKind {
  return {
    failuresMax: Number.POSITIVE_INFINITY,
    async run({ subject }) {
      await fanOut(app, subject)
      return 'done'
    },
  }
}

/**
 * Puts a copy into the mailbox of every subscriber that has none yet, some per transaction. May be run again, and by two at
 * once: the id of a copy makes a second one impossible for as long as the first is kept, and afterwards none is made any more.
 */
export async function fanOut(app: App, id: string): Promise<void> {
  const original = await findOriginal(app, id)
  if (!original || original.state === 'sent') return
  // A copy that was received at once is kept for `relayKeepHours`; one that waits, longer.
  const until = original.created_at + Math.min(messageLastsMs(app), keepMs(app))
  let after = ''
  let refused = 0
  while (app.relay.now() < until) {
    const subscribers = await subscribersAfter(app, original, { after, limit: copiesAtOnce })
    const last = subscribers.at(-1)
    if (!last) break
    after = last.id
    const have = await thatHaveIt(app, original, subscribers)
    const copies = await copiesFor(
      app,
      original,
      subscribers.filter(({ id }) => !have.has(copyIdFor(original, id))),
    )
    refused += copies.refused
    await app.db.write(async tx => {
      const added = await putMessages(tx, copies.prepared)
      await tx
        .updateTable('relay_broadcasts')
        .set(({ eb }) => ({ recipients: eb('recipients', '+', added), refused }))
        .where('id', '=', id)
        .execute()
    })
    app.relay.wake(copies.to)
  }
  await app.db.write(tx => tx.updateTable('relay_broadcasts').set({ state: 'sent' }).where('id', '=', id).execute())
}

async function findOriginal({ db }: App, id: string): Promise<Original | undefined> {
  const row = await db.read
    .selectFrom('relay_broadcasts')
    .innerJoin('relay_contents', 'relay_contents.id', 'relay_broadcasts.id')
    .selectAll('relay_broadcasts')
    .select(({ fn }) => fn<number>('length', ['relay_contents.sealed']).as('length'))
    .where('relay_broadcasts.id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  const { length, ...original } = row
  // It is base64 with a few bytes around.
  return { ...original, bytes: Math.floor((length * 3) / 4) }
}

async function thatHaveIt(
  { db }: App,
  original: Original,
  subscribers: readonly { id: string }[],
): Promise<Set<string>> {
  const rows = await db.read
    .selectFrom('relay_messages')
    .select('id')
    .where(
      'id',
      'in',
      subscribers.map(({ id }) => copyIdFor(original, id)),
    )
    .execute()
  return new Set(rows.map(({ id }) => id))
}
