import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { ConnectionRow, CredentialRow } from '../db/schema.ts'

/**
 * The secret of a connection, opened for one request. Read from the database each time and remembered nowhere, so a
 * changed or removed credential counts at once.
 */
export function freshCredential(app: App, connection: ConnectionRow): Secret | Fault | Promise<Secret | Fault> {
  const rows = app.queries.connections.credential(connection.id)
  return rows instanceof Promise ? rows.then(([row]) => open(app, connection, row)) : open(app, connection, rows[0])
}

function open(app: App, connection: ConnectionRow, row: CredentialRow | undefined): Secret | Fault {
  if (!row) return new Fault('connection_not_found', `The connection ${connection.label} was removed.`)
  const subject = { workspaceId: connection.workspace_id, connectionId: connection.id, version: row.version }
  return app.vault.open(subject, { ringVersion: row.ring_version, text: row.sealed })
}
