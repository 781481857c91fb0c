import type { App } from '../../app.ts'
import { jsonOrUndefined } from '../../core/json.ts'
import type { RelayAgentRow, RelayDeviceRow } from '../../db/relay-schema.ts'
import { type Status, statusOf } from './online.ts'

/** An agent as others find it. Times are ISO 8601. */
export type RelayAgent = {
  id: string
  name: string
  /** What it says it can do. */
  capabilities: string[]
  /** What it says it takes: media types, or words of its own. */
  accepts: string[]
  machine: string
  description: string
  status: Status
  registeredAt: string
  lastSeenAt: string
  /** The places at which it runs, those heard of last first. */
  devices: RelayDevice[]
}

export type RelayDevice = {
  device: string
  /** What it calls itself; proves nothing. */
  name: string
  machine: string
  status: Status
  registeredAt: string
  lastSeenAt: string
}

const isoTime = (ms: number) => new Date(ms).toISOString()

/** Newer than its rows where this process has heard of it since. */
export function viewOfAgent(
  { relay }: App,
  row: RelayAgentRow & { name: string },
  devices: readonly RelayDeviceRow[],
): RelayAgent {
  const now = relay.now()
  const seenAt = Math.max(row.seen_at, relay.presence.seenAt(row.agent_id))
  return {
    id: row.agent_id,
    name: row.name,
    capabilities: listIn(row.capabilities),
    accepts: listIn(row.accepts),
    machine: row.machine,
    description: row.description,
    status: statusOf(seenAt, now),
    registeredAt: isoTime(row.registered_at),
    lastSeenAt: isoTime(seenAt),
    devices: devices
      .map(each => ({ each, at: Math.max(each.seen_at, relay.presence.seenAt(each.agent_id, each.device)) }))
      .sort((a, b) => b.at - a.at)
      .map(({ each, at }) => ({
        device: each.device,
        name: each.name,
        machine: each.machine,
        status: statusOf(at, now),
        registeredAt: isoTime(each.registered_at),
        lastSeenAt: isoTime(at),
      })),
  }
}

export function listIn(json: string): string[] {
  const list = jsonOrUndefined(json)
  return Array.isArray(list) ? list.filter(item => typeof item === 'string') : []
}
