import * as z from 'zod'

/** Inputs that tools of several kinds take. */
export const perPage = { per_page: z.int().min(1).max(100).optional().describe('30 unless told') }
export const repo = { owner: z.string().describe('Login of the user or organization'), repo: z.string() }
export const pull = { ...repo, pull_number: z.int().min(1) }
export const markdown = z.string().describe('Markdown')
export const state = z.enum(['open', 'closed', 'all']).optional()
export const direction = z.enum(['asc', 'desc']).optional()
export const since = z.iso.datetime().optional().describe('Only what was updated at or after this time, in UTC')
