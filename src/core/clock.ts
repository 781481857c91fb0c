/** The time, handed to whoever needs it, so that tests can move it. All times are Unix milliseconds. */
export type Clock = {
  now(): number
  /** Calls `fire` once after `ms`; the returned function cancels it. A pending timer does not keep the process alive. */
  after(ms: number, fire: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fire) {
    const timer = setTimeout(fire, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
