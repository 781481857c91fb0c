import type { CallProgress } from '../../calls/get-call.ts'
import { messageOf } from './goes-on.ts'

export type Notify = (notification: { method: string; params: Record<string, unknown> }) => Promise<void>

/** How far a call is, as progress notifications (MCP, utilities/progress) for the request that waits for it. */
export function tellProgress(progressToken: string | number, notify: Notify): (seen: CallProgress) => void {
  let last = 0
  return seen => {
    if (seen.state === 'ended') return
    // Each has to be more than the one before, also where the provider says no number.
    last = Math.max(seen.progress?.percent ?? 0, last + 0.001)
    const message = messageOf(seen)
    const params = { progressToken, progress: last, total: 100, ...(message !== undefined && { message }) }
    notify({ method: 'notifications/progress', params }).catch(() => {}) // its client is gone, and hears of the end neither
  }
}
