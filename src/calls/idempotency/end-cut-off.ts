import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { CallRow } from '../../db/schema.ts'
import type { Call, EndedCall } from '../call.ts'
import { closeCall } from '../close-call.ts'
import { repeatableMs } from '../may-repeat.ts'
import { callOf } from '../parked.ts'
import { findAbandoned, takeOverKey } from './key-rows.ts'

const atOnce = 100

/** Ends a call whose run was cut off while it may have been sent, without sending it again. */
export function endCutOff(
  app: App,
  call: Call,
  { tool: name, connection_id: connectionId }: CallRow,
): Promise<EndedCall> {
  const tool = app.catalog.tools.get(name)
  const fault =
    tool?.effect === 'read'
      ? new Fault('internal', 'ClawLink was stopped while it ran this call.')
      : new Fault('conflict', 'it might happen twice.')
  return closeCall(app, call, { kind: 'failed', fault }, { tool, connectionId })
}

/** Ends calls that were cut off and that nobody has asked for again in the time in which they could have been repeated. */
export async function endAbandoned(app: App): Promise<void> {
  const now = app.clock.now()
  for (const row of await findAbandoned(app, now - repeatableMs, atOnce)) {
    if (!(await takeOverKey(app, row, `${row.id}:end`))) continue
    await endCutOff(app, callOf(row, { at: now, digest: row.digest, approved: false, mayHaveBeenSent: true }), row)
  }
}
