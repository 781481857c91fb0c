import type { App } from '../../app.ts'
import type { RelayTaskRow } from '../../db/relay-schema.ts'
import { lookAtTask } from './look-at-task.ts'

/** When somebody has to look at a task that was changed just now, unless something happens before. */
export function nextAtOf({ relay }: App, row: RelayTaskRow): number {
  const nowMs = relay.now()
  const look = lookAtTask(row, { nowMs, seenAt: nowMs })
  return typeof look === 'string' ? nowMs : look.untilMs
}
