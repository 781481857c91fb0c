/** An agent counts as online for so long after its last sign of life. */
export const onlineMs = 120_000

export type Status = 'online' | 'stale'

/** Pure. A sign of life that a clock ahead of ours gave counts as one of now. */
export function statusOf(lastSeenAt: number, nowMs: number): Status {
  return nowMs - lastSeenAt <= onlineMs ? 'online' : 'stale'
}
