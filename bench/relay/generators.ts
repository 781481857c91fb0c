import { type ChildProcess, fork } from 'node:child_process'
import { programPath } from '../subjects/server.ts'
import type { RelayFigures, RelayJob } from './load-agents.ts'
import type { RelayLoadMessage } from './load-program.ts'

/** Two, since one takes as much CPU for a message as the relays measured here. */
const generators = 2

/**
 * Puts a load on a relay from processes of their own, and gives what all of them saw. `begun` and `ended` are called around
 * it, when all agents are connected.
 */
export async function runRelayLoad(
  job: RelayJob,
  { begun = () => {}, ended = () => {} }: { begun?: () => void | Promise<void>; ended?: () => void } = {},
): Promise<RelayFigures> {
  const shares = shareOut(job, Math.min(generators, job.agents.length))
  const children = shares.map(() => fork(programPath('../relay/load-program.ts')))
  try {
    const ready = children.map((child, at) => {
      const told = next(child, 'ready')
      child.send(shares[at] ?? job)
      return told
    })
    await Promise.all(ready)
    await begun()
    const seen = await Promise.all(
      children.map(child => {
        const told = next(child, 'done')
        child.send('start')
        return told
      }),
    )
    ended()
    return together(seen.flatMap(message => (message.kind === 'done' ? [message.figures] : [])))
  } finally {
    for (const child of children) child.kill()
  }
}

function shareOut(job: RelayJob, among: number): RelayJob[] {
  const size = Math.ceil(job.agents.length / among)
  return Array.from({ length: among }, (_, at) => ({
    ...job,
    agents: job.agents.slice(at * size, (at + 1) * size),
    ...(typeof job.load === 'object' && 'perSecond' in job.load && { load: { perSecond: job.load.perSecond / among } }),
  }))
}

function next(child: ChildProcess, kind: RelayLoadMessage['kind']): Promise<RelayLoadMessage> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('a load generator ended')))
    child.on('message', (message: RelayLoadMessage) => {
      if (message.kind === kind) resolve(message)
      if (message.kind === 'failed') reject(new Error(message.reason))
    })
  })
}

/** Rates add up. A median of two halves of the same load is near the mean of theirs. */
function together(all: readonly RelayFigures[]): RelayFigures {
  const sum = (read: (each: RelayFigures) => number) => all.reduce((total, each) => total + read(each), 0)
  return {
    messages: sum(each => each.messages),
    perSecond: sum(each => each.perSecond),
    storedP50Ms: sum(each => each.storedP50Ms) / all.length,
    receivedP50Ms: sum(each => each.receivedP50Ms) / all.length,
    receivedP99Ms: Math.max(...all.map(each => each.receivedP99Ms)),
    busy: Math.max(...all.map(each => each.busy)),
  }
}
