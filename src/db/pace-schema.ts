/** One rate limit of one account or OAuth app, in use. The row that its processes take turns on. */
export type PaceRow = {
  id: string
  requests: number
  window_ms: number
  /** What the provider said last: how many are left until when, and when it said so. */
  heard_left: number | null
  heard_until: number
  heard_at: number
}

/** How much of a limit one process may use. */
export type PaceShareRow = {
  pace_id: string
  owner: string
  share: number
  /** JSON of what it used of the window, by time. */
  used: string
  /** How many agents wait for more of it there. */
  agents: number
  lease_until: number
}
