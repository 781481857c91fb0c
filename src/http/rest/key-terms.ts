import * as z from 'zod'

const dayMs = 24 * 60 * 60 * 1000

/** Limits of a key; null is none. */
export const limits = {
  callsPerMinute: z.int().min(1).max(1_000_000).nullable().optional(),
  callsPerDay: z.int().min(1).max(1_000_000_000).nullable().optional(),
}

export const expiresInDays = z.int().min(1).max(3650).optional().describe('Without it, it lasts until it is revoked.')

/** `expiresInDays` in milliseconds. */
export const lastsMs = (days: number | undefined) => (days === undefined ? undefined : days * dayMs)
