/** A load generator for relays in a process of its own: it runs the job that it is sent, and ends. */
import { loadAgents, type RelayFigures, type RelayJob } from './load-agents.ts'

export type RelayLoadMessage =
  | { kind: 'ready' }
  | { kind: 'done'; figures: RelayFigures }
  | { kind: 'failed'; reason: string }

const say = (message: RelayLoadMessage) => new Promise<void>(resolve => process.send?.(message, () => resolve()))

process.once('message', async (job: RelayJob) => {
  const { promise: started, resolve: start } = Promise.withResolvers<void>()
  process.once('message', () => start())
  try {
    // All generators begin together, once each has its agents connected.
    const figures = await loadAgents(job, () => say({ kind: 'ready' }).then(() => started))
    await say({ kind: 'done', figures })
  } catch (error) {
    await say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
  }
  process.exit()
})
