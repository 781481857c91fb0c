import type { App } from '../../app.ts'
import { jsonOrUndefined } from '../../core/json.ts'
import type { RuleRow } from '../../db/schema.ts'
import { matchSchema, type Rule } from './rule.ts'

/** The workspace's rules in their order. Remembered for a second; a change in this process is seen at once. */
export function rulesOf(app: App, workspaceId: string): readonly Rule[] | Promise<readonly Rule[]> {
  const now = app.clock.now()
  const known = app.memory.rules.get(workspaceId, now)
  if (known) return known
  const rows = app.queries.rules(workspaceId)
  const remember = (found: RuleRow[]) => app.memory.rules.set(workspaceId, found.map(ruleOf), now)
  return rows instanceof Promise ? rows.then(remember) : remember(rows)
}

/** A stored rule as it decides. */
export function ruleOf({ id, name, decision, match, expires_at }: RuleRow): Rule {
  const parsed = matchSchema.safeParse(jsonOrUndefined(match))
  return { id, name, decision, match: parsed.success ? parsed.data : null, expiresAt: expires_at }
}
