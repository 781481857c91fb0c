import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'
import { keepMs } from '../retention.ts'
import { faultsOf, type Held } from './held.ts'
import { freeRoom } from './room.ts'

/**
 * The receiver is done with these: they are not handed out again, once this resolves. For each, in order: undefined, or why
 * not. Doing it again is harmless.
 */
export async function ackMessages(app: App, box: Box, held: readonly Held[]): Promise<(Fault | undefined)[]> {
  const expires_at = app.relay.now() + keepMs(app)
  app.relay.presence.note(box)
  // What was never handed out has an empty lease, and nobody holds that.
  const given = held.map(({ id, lease }) =>
    lease === '' ? [] : app.relay.queries.ack(expires_at, id, box.agentId, lease),
  )
  const changed = (await Promise.all(given)).flat()
  const bytes = changed.reduce((sum, each) => sum + each.bytes, 0)
  freeRoom(app, box.agentId, changed.length, bytes)
  // The next of a thread may come now.
  if (changed.some(({ thread }) => thread !== '')) app.relay.wake([box.agentId])
  return faultsOf(app, box, held, { changed, again: true })
}
