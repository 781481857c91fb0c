import type { App } from '../../src/app.ts'
import { createLog, type Log } from '../../src/core/log.ts'
import { withOwnMemory } from '../kit/own-memory.ts'

/** What a step is: each commit, and each request to a provider. */
export type Step = 'commit' | 'request'

/** At which step a process dies, or at which of its requests or commits alone, and on which side of it. */
export type Death = { step: number; of?: Step; side: 'before' | 'after' } | undefined

export type Mortal = {
  app: App
  /** Whether it came to that. */
  dead(): boolean
  /** Dies now, whatever it is at. */
  kill(): void
}

/**
 * A process on the same database that is killed at a step: from then on it commits and sends nothing, and hears of nothing.
 * Its memory is its own.
 */
export async function mortalApp(
  app: App,
  death: Death,
  { log = createLog('silent'), onDeath = () => {} }: { log?: Log; onDeath?: (step: Step) => void } = {},
): Promise<Mortal> {
  let steps = 0
  let dead = false
  async function step<T>(what: Step, act: () => Promise<T>): Promise<T> {
    if (dead) throw new Error('this process was killed')
    if (!death || (death.of ?? what) !== what || death.step !== steps++) return act()
    if (death.side === 'after') await act().catch(() => {})
    dead = true
    onDeath(what)
    throw new Error('this process was killed')
  }
  const mortal = await withOwnMemory({
    ...app,
    db: {
      ...app.db,
      write: run => step('commit', () => app.db.write(run)),
      together: run => step('commit', () => app.db.together(run)),
      insert: (table, row) => step('commit', () => app.db.insert(table, row)),
      change: build => {
        const change = app.db.change(build)
        return (...parameters) => step('commit', () => change(...parameters))
      },
    },
    net: { ...app.net, send: outgoing => step('request', () => app.net.send(outgoing)) },
    log,
  })
  return {
    app: mortal,
    dead: () => dead,
    kill() {
      dead = true
    },
  }
}
