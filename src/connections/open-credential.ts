import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { CredentialRow } from '../db/schema.ts'
import { Credential } from './credential.ts'

/** What a stored record holds, for one request. A fault when it does not open. */
export function openCredential({ vault }: Pick<App, 'vault'>, row: CredentialRow): Credential | Fault {
  const subject = { workspaceId: row.workspace_id, connectionId: row.connection_id, version: row.version }
  const text = vault.open(subject, { ringVersion: row.ring_version, text: row.sealed })
  return text instanceof Fault ? text : Credential.read(row.format, text, row.version)
}
