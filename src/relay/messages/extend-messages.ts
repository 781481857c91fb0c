import { sql } from 'kysely'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'
import { changeHeld, type Held, updateHeld } from './held.ts'

/**
 * Keeps these for `leaseMs` from now on, also after the lease was over, as long as nobody else has got them. `atLeast`: what is
 * kept for longer already stays so.
 */
export async function extendMessages(
  app: App,
  box: Box,
  held: readonly Held[],
  leaseMs: number,
  { atLeast = false } = {},
): Promise<(Fault | { leaseUntil: string })[]> {
  const until = app.relay.now() + leaseMs
  const { faults } = await changeHeld(app, box, held, (lease, ids) =>
    app.db.together(tx =>
      updateHeld(tx, box, lease, ids)
        .set({
          lease_until: atLeast
            ? sql<number>`case when lease_until > ${until} then lease_until else ${until} end`
            : until,
        })
        .execute(),
    ),
  )
  app.relay.leases.note(box.agentId, leaseMs)
  return faults.map(fault => fault ?? { leaseUntil: new Date(until).toISOString() })
}
