import { sql } from 'kysely'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'
import { ofMailbox } from '../queries.ts'
import { changeHeld, type Held } from './held.ts'

export type Release = {
  /** Why it is given back, for whoever looks at a dead letter. */
  problem?: string | undefined
  /** They never reached the receiver: then they do not count as handed out. */
  unseen?: boolean
}

/** Gives these back: whoever asks next gets them at once. */
export async function releaseMessages(
  app: App,
  box: Box,
  held: readonly Held[],
  { problem = '', unseen = false }: Release = {},
): Promise<(Fault | undefined)[]> {
  const { isAny, faults } = await changeHeld(app, box, held, (lease, ids) =>
    app.db.together(tx =>
      tx
        .updateTable('relay_messages')
        .set({ lease: '', lease_until: 0, holder: '', problem: problem.slice(0, 500) })
        .$if(unseen, q => q.set({ deliveries: sql<number>`deliveries - 1` }))
        .where('id', 'in', ids)
        .where(ofMailbox(box.agentId))
        .where('lease', '=', lease)
        .where('state', '=', sql.lit('waiting'))
        .returning('id')
        .execute(),
    ),
  )
  if (isAny) app.relay.wake([box.agentId])
  return faults
}
