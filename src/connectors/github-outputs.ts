import * as z from 'zod'

/** What GitHub's API description for version 2022-11-28 promises, as far as agents need it: a part of github.ts. */
export const person = z.object({ login: z.string() })
export const issueOut = z.object({
  number: z.int(),
  title: z.string(),
  state: z.string(),
  body: z.string().nullable().optional(),
  html_url: z.string(),
  comments: z.int(),
  created_at: z.string(),
})
export const commentOut = z.object({
  id: z.int(),
  body: z.string().optional(),
  html_url: z.string(),
  created_at: z.string(),
})
export const labelOut = z.object({ name: z.string(), color: z.string() })
const end = z.object({ ref: z.string(), sha: z.string() })
export const pullOut = z.object({
  number: z.int(),
  title: z.string(),
  state: z.string(),
  body: z.string().nullable().optional(),
  html_url: z.string(),
  head: end,
  base: end,
})
export const repositoryOut = z.object({
  name: z.string(),
  full_name: z.string(),
  private: z.boolean(),
  description: z.string().nullable(),
  html_url: z.string(),
})
export const branchOut = z.object({ name: z.string(), commit: z.object({ sha: z.string() }) })
export const commitOut = z.object({ sha: z.string(), html_url: z.string(), commit: z.object({ message: z.string() }) })
export const found = (items: z.ZodType) => z.object({ total_count: z.int(), items: z.array(items) })
