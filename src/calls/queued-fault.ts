import { Fault } from '../core/errors.ts'

/** When a call goes on: at once where there is nothing to wait for, or at its turn, for which `position` is its place. */
export type Turn = { runAt: number; position?: number }

/** What a caller is told of a call that goes on by itself. Pure. */
export function queuedFault({ runAt, position }: Turn, nowMs: number): Fault {
  const waitMs = Math.max(0, runAt - nowMs)
  if (waitMs === 0 && position === undefined) return new Fault('queued', 'The call goes on by itself.')
  return new Fault('queued', `The call waits for its turn: the rate limit of the account is used up just now.`, {
    queue: { position: position ?? 1, expectedAt: new Date(runAt).toISOString() },
    retryAfterMs: waitMs,
  })
}
