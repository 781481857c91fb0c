/** When a provider says "too many" without saying until when. */
export const unstatedWaitMs = 5_000
