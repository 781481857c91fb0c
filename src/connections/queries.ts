import type { Db, Point } from '../db/db.ts'
import type { ConnectionRow, CredentialRow } from '../db/schema.ts'

export type ConnectionQueries = {
  /** (workspace id, provider) */
  ofProvider: Point<ConnectionRow>
  /** (connection id) */
  credential: Point<CredentialRow>
}

/** The queries of the call path, made ready once. The values given here only mark where parameters go. */
export function connectionQueries(db: Db): ConnectionQueries {
  return {
    ofProvider: db.point(q =>
      q.selectFrom('connections').selectAll().where('workspace_id', '=', '').where('provider', '=', '').orderBy('id'),
    ),
    credential: db.point(q => q.selectFrom('credentials').selectAll().where('connection_id', '=', '')),
  }
}
