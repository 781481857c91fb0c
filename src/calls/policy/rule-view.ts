import * as z from 'zod'
import type { RuleRow } from '../../db/schema.ts'
import { matchSchema, type RuleMatch } from './rule.ts'
import { ruleOf } from './rules-of.ts'

/** What a member says of a rule: all of it, also when only a part changes. */
export const newRule = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^\P{Cc}*$/u, 'must be printable'),
  decision: z.enum(['allow', 'ask', 'deny']),
  match: matchSchema.describe('Which calls it is about; `{}` is every call.'),
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null).describe('When it stops to count.'),
})

export type NewRule = z.output<typeof newRule>

/** A rule as members see it. */
export type RuleView = {
  id: string
  /** The first that matches decides; counted from 1. */
  position: number
  name: string
  decision: RuleRow['decision']
  /** Null when what is stored cannot be read. */
  match: RuleMatch | null
  expiresAt: string | null
  /** Id of the person who made it; null when nobody in particular did. */
  createdBy: string | null
}

export function viewOfRule(row: RuleRow): RuleView {
  return {
    id: row.id,
    position: row.position,
    name: row.name,
    decision: row.decision,
    match: ruleOf(row).match,
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at).toISOString(),
    createdBy: row.created_by || null,
  }
}

/** A rule in one line for the audit record. */
export function summaryOfRule({ name, decision, match, expires_at }: RuleRow): string {
  const until = expires_at === null ? '' : ` until ${new Date(expires_at).toISOString()}`
  return `${decision} "${name}"${until}: ${match}`.slice(0, 2000)
}
