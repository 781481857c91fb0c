import { sql } from 'kysely'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'
import { ofMailbox } from '../queries.ts'
import { changeHeld, type Held } from './held.ts'

/** Keeps these for `leaseMs` from now on, also after the lease was over, as long as nobody else has got them. */
export async function extendMessages(
  app: App,
  box: Box,
  held: readonly Held[],
  leaseMs: number,
): Promise<(Fault | { leaseUntil: string })[]> {
  const until = app.relay.now() + leaseMs
  const { faults } = await changeHeld(app, box, held, (lease, ids) =>
    app.db.together(tx =>
      tx
        .updateTable('relay_messages')
        .set({ lease_until: until })
        .where('id', 'in', ids)
        .where(ofMailbox(box.agentId))
        .where('lease', '=', lease)
        .where('state', '=', sql.lit('waiting'))
        .returning('id')
        .execute(),
    ),
  )
  app.relay.leases.note(box.agentId, leaseMs)
  return faults.map(fault => fault ?? { leaseUntil: new Date(until).toISOString() })
}
