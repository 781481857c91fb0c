/** How a tool of one provider account is paced: until when the provider asked us to leave it alone. A value. */
export type Pace = { heldUntil: number }

/** When a provider says "too many" without saying until when. */
export const unstatedWaitMs = 5_000

export function waitMs(pace: Pace, nowMs: number): number {
  return Math.max(0, pace.heldUntil - nowMs)
}

/** The pace after the provider refused for its rate limit. */
export function holdOff(retryAfterMs: number | undefined, nowMs: number): Pace {
  return { heldUntil: nowMs + (retryAfterMs ?? unstatedWaitMs) }
}
