/**
 * The pause of a call between two attempts, as its row tells of it: nothing is on its way to the provider then, so the call can
 * be canceled, from any process. Of calls that a worker runs: whoever waits for another hangs up instead.
 */
import type { App } from '../app.ts'
import type { CallRow } from '../db/schema.ts'
import { type Call, type Effort, noEffort } from './call.ts'
import type { End } from './decide.ts'

/** How a call ends that is not tried again, and what its attempts took. */
export type Paused = { otherwise: End; effort: Effort }

const untried: Paused = { otherwise: 'answer', effort: noEffort }

/** How it stands by its row; one that does not pause has not been tried. */
export function pausedOf({ paused }: CallRow): Paused {
  return paused ? JSON.parse(paused) : untried // as it is written below
}

/** Commits that nothing more is sent of the call until `endPause`. */
export async function beginPause(app: App, call: Call, paused: Paused): Promise<void> {
  await note(app, call, JSON.stringify(paused))
}

/** Commits that the call may reach the provider again. False when it was ended meanwhile: then it is not to be sent. */
export function endPause(app: App, call: Call): Promise<boolean> {
  return note(app, call, '')
}

async function note(app: App, { id, resumed, keyed }: Call, paused: string): Promise<boolean> {
  if (!resumed || keyed) return true
  const changed = await app.db.write(tx =>
    tx.updateTable('calls').set({ paused }).where('id', '=', id).where('state', '=', 'sending').executeTakeFirst(),
  )
  return changed.numUpdatedRows === 1n
}
