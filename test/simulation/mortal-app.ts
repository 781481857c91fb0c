import type { App } from '../../src/app.ts'
import { createLog } from '../../src/core/log.ts'
import { withOwnMemory } from '../kit/own-memory.ts'

/** At which step a process dies (each commit and each request to a provider is one), and on which side of it. */
export type Death = { step: number; side: 'before' | 'after' } | undefined

/**
 * A process on the same database that is killed at a step: from then on it commits and sends nothing, and hears of nothing.
 * Its memory is its own. `dead` says whether it came to that.
 */
export async function mortalApp(app: App, death: Death): Promise<{ app: App; dead(): boolean }> {
  let steps = 0
  let dead = false
  async function step<T>(act: () => Promise<T>): Promise<T> {
    if (dead) throw new Error('this process was killed')
    const mine = steps++
    if (death?.step !== mine) return act()
    if (death.side === 'after') await act().catch(() => {})
    dead = true
    throw new Error('this process was killed')
  }
  const mortal = await withOwnMemory({
    ...app,
    db: {
      ...app.db,
      write: run => step(() => app.db.write(run)),
      insert: (table, row) => step(() => app.db.insert(table, row)),
    },
    net: { ...app.net, send: outgoing => step(() => app.net.send(outgoing)) },
    log: createLog('silent'),
  })
  return { app: mortal, dead: () => dead }
}
