import { sql } from 'kysely'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'
import { changeHeld, type Held, ofMailbox } from './held.ts'
import { freeRoom } from './room.ts'

const hourMs = 60 * 60 * 1000

/**
 * The receiver is done with these: they are not handed out again, once this resolves. For each, in order: undefined, or why
 * not. Doing it again is harmless.
 */
export async function ackMessages(app: App, box: Box, held: readonly Held[]): Promise<(Fault | undefined)[]> {
  const expires_at = app.relay.now() + app.config.relayKeepHours * hourMs
  const { changed, faults } = await changeHeld(app, box, held, {
    again: true,
    change: (lease, ids) =>
      app.db.together(tx =>
        tx
          .updateTable('relay_messages')
          .set({ state: 'done', expires_at })
          .where('id', 'in', ids)
          .where(ofMailbox(box.agentId))
          .where('lease', '=', lease)
          .where('state', '=', sql.lit('waiting'))
          .returning(['id', 'thread', 'bytes'])
          .execute(),
      ),
  })
  freeRoom(
    app,
    box.agentId,
    changed.length,
    changed.reduce((sum, { bytes }) => sum + bytes, 0),
  )
  // The next of a thread may come now.
  if (changed.some(({ thread }) => thread !== '')) app.relay.wake([box.agentId])
  return faults
}
