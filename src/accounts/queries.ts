import type { Db, Point } from '../db/db.ts'
import type { KeyRow } from '../db/schema.ts'

export type AccountQueries = { keyByHash: Point<KeyRow> }

/** The queries of the call path, made ready once. The values given here only mark where parameters go. */
export function accountQueries(db: Db): AccountQueries {
  return { keyByHash: db.point(q => q.selectFrom('keys').selectAll().where('hash', '=', '')) }
}
