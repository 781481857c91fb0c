import * as z from 'zod'

/** What a problem says of a lost race for a shared file. */
export const lostRace = z.object({
  key: z.string(),
  baseVersion: z.number().nullable(),
  current: z.unknown(),
  yours: z.unknown(),
  merge: z.unknown(),
})
