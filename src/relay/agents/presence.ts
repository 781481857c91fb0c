import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Db } from '../../db/db.ts'
import type { Box } from '../box.ts'
import { onlineMs } from './online.ts'

/** When agents and their devices were last heard of: remembered here and written together at intervals. */
export type Presence = {
  /** A sign of life. */
  note(box: Box): void
  /** The last sign that this process has had, or 0. */
  seenAt(agentId: string, device?: string): number
  /** Forgets what it heard of a device, or of a whole agent that has left. */
  forget(agentId: string, device?: string): void
  flush(): Promise<void>
  /** The last flush. */
  close(): Promise<void>
}

/** A quarter of the time after which an agent is stale: other processes see a sign of life that much later. */
const flushEveryMs = onlineMs / 4
/** Whoever holds a key may give its devices any name: so many of one agent are remembered. */
const devicesMax = 100

type Seen = { at: number; isNew: boolean; devices: Map<string, number> }

/** Nothing waits for a flush, and one that fails costs nothing but exactness; the log tells of it. */
export function createPresence(db: Db, clock: Clock, log: Log, now: () => number): Presence {
  const agents = new Map<string, Seen>()
  let cancel: (() => void) | undefined
  let writing = Promise.resolve()

  function flush(): Promise<void> {
    cancel?.()
    cancel = undefined
    const fresh: [string, Seen][] = []
    for (const [id, seen] of agents) {
      if (seen.isNew) fresh.push([id, { ...seen, devices: new Map(seen.devices) }])
      if (now() - seen.at > onlineMs) agents.delete(id)
      else seen.isNew = false
    }
    if (fresh.length)
      writing = writing
        .then(() => write(db, fresh))
        .catch(cause => log.error({ err: cause }, 'when agents were last seen could not be written'))
    return writing
  }

  return {
    note({ agentId, device }) {
      const at = now()
      let seen = agents.get(agentId)
      if (!seen) {
        seen = { at, isNew: true, devices: new Map() }
        agents.set(agentId, seen)
      }
      seen.at = at
      seen.isNew = true
      seen.devices.set(device, at)
      if (seen.devices.size > devicesMax)
        for (const oldest of [...seen.devices.keys()].slice(0, 1)) seen.devices.delete(oldest)
      cancel ??= clock.after(flushEveryMs, flush)
    },
    seenAt(agentId, device) {
      const seen = agents.get(agentId)
      return (device === undefined ? seen?.at : seen?.devices.get(device)) ?? 0
    },
    forget(agentId, device) {
      if (device === undefined) agents.delete(agentId)
      else agents.get(agentId)?.devices.delete(device)
    },
    flush,
    close: flush,
  }
}

const atOnce = 500

async function write(db: Db, fresh: readonly [string, Seen][]): Promise<void> {
  // In the order of their ids: two processes that write the same agents must not wait for each other.
  const sorted = [...fresh].sort(([a], [b]) => (a < b ? -1 : 1))
  for (let from = 0; from < sorted.length; from += atOnce)
    await db.write(async tx => {
      for (const [id, { at, devices }] of sorted.slice(from, from + atOnce)) {
        await tx
          .updateTable('relay_agents')
          .set({ seen_at: at })
          .where('agent_id', '=', id)
          .where('seen_at', '<', at)
          .execute()
        for (const [device, seenAt] of [...devices].sort(([a], [b]) => (a < b ? -1 : 1)))
          await tx
            .updateTable('relay_devices')
            .set({ seen_at: seenAt })
            .where('agent_id', '=', id)
            .where('device', '=', device)
            .where('seen_at', '<', seenAt)
            .execute()
      }
    })
}
