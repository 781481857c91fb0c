import type { Db, Point } from '../../db/db.ts'
import type { RuleRow } from '../../db/schema.ts'
import { rulesInOrder } from './rule-rows.ts'

/** (workspace id): its rules in their order. Made ready once, for the call path. */
export function rulesQuery(db: Db): Point<RuleRow> {
  return db.point(q => rulesInOrder(q, ''))
}
