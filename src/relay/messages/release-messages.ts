import { sql } from 'kysely'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import { sealBody } from '../body.ts'
import type { Box } from '../box.ts'
import { changeHeld, type Held, updateHeld } from './held.ts'
import { problemPlace } from './problem.ts'

export type Release = {
  /** Why it is given back, for whoever looks at a dead letter. */
  problem?: string | undefined
  /** They never reached the receiver: then they do not count as handed out. */
  unseen?: boolean
}

const problemLengthMax = 500

/** Gives these back: whoever asks next gets them at once. */
export async function releaseMessages(
  app: App,
  box: Box,
  held: readonly Held[],
  { problem = '', unseen = false }: Release = {},
): Promise<(Fault | undefined)[]> {
  const give = (lease: string, ids: readonly string[], said: string) =>
    app.db.together(tx =>
      updateHeld(tx, box, lease, ids)
        .set({ lease: '', lease_until: 0, holder: '', problem: said })
        .$if(unseen, q => q.set({ deliveries: sql<number>`deliveries - 1` }))
        .execute(),
    )
  const { isAny, faults } = await changeHeld(app, box, held, async (lease, ids) => {
    if (problem === '') return give(lease, ids, '')
    // Each has a seal of its own.
    const given = ids.map(async id => {
      const place = problemPlace({ workspaceId: box.workspaceId, id })
      return give(lease, [id], `\n${await sealBody(app, place, problem.slice(0, problemLengthMax))}`)
    })
    return (await Promise.all(given)).flat()
  })
  if (isAny) app.relay.wake([box.agentId])
  return faults
}
