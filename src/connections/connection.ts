import type { Kysely } from 'kysely'
import type { Environment } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { jsonOrUndefined } from '../core/json.ts'
import type { ConnectionRow, CredentialRow, Schema } from '../db/schema.ts'
import { metadataOf } from './auth-of.ts'
import { reconnectLink } from './links.ts'

/** A connection as people and agents see it. It holds nothing secret. */
export type Connection = {
  id: string
  provider: string
  label: string
  environment: Environment
  /** The account at the provider, as the provider names it. */
  account: { id: string; label: string }
  isDefault: boolean
  createdAt: string
  /** Id of the person or agent; null for the command line. */
  createdBy: string | null
  /** The way in which it authenticates: its id within the connector, and what people call it. */
  auth: string
  authLabel: string
  state: ConnectionRow['state']
  /** Why, in a sentence; empty when healthy. */
  stateReason: string
  stateAt: string
  /** `granted` is null where the provider does not tell. */
  scopes: { asked: string[]; granted: string[] | null }
  /** What was typed in and what the provider told, such as a subdomain or a team. */
  metadata: Readonly<Record<string, string>>
  /** Where its credential is kept, when that is not here. */
  secretRef: string | null
  /** When it ends for good unless it is reconnected. */
  expiresAt: string | null
  /** Where a person reconnects it. */
  reconnectLink: string
}

/** A row with what is known of its credential, if anything is. */
export type ShownRow = ConnectionRow & { [K in 'expires_at' | 'renewable']?: CredentialRow[K] | null }

/** The connections of a workspace with what is known of their credentials, oldest first. */
export function selectConnections(db: Kysely<Schema>, workspaceId: string) {
  return db
    .selectFrom('connections')
    .leftJoin('credentials', 'credentials.connection_id', 'connections.id')
    .selectAll('connections')
    .select(['credentials.expires_at', 'credentials.renewable'])
    .where('connections.workspace_id', '=', workspaceId)
    .orderBy('connections.id')
}

export function connectionOf(app: Pick<App, 'catalog' | 'url'>, row: ShownRow): Connection {
  const way = app.catalog.providers.get(row.provider)?.connector.auth.find(({ id }) => id === row.auth)
  const iso = (ms: number) => new Date(ms).toISOString()
  const granted = jsonOrUndefined(row.granted_scopes)
  return {
    id: row.id,
    provider: row.provider,
    label: row.label,
    environment: row.environment,
    account: { id: row.account_id, label: row.account_label },
    isDefault: row.is_default === 1,
    createdAt: iso(row.created_at),
    createdBy: row.created_by || null,
    auth: row.auth,
    authLabel: way?.label ?? row.auth,
    state: row.state,
    stateReason: row.state_reason,
    stateAt: iso(row.state_at || row.created_at),
    scopes: { asked: texts(jsonOrUndefined(row.asked_scopes)), granted: granted === undefined ? null : texts(granted) },
    metadata: metadataOf(row),
    secretRef: row.secret_ref || null,
    expiresAt: row.expires_at && row.renewable !== 1 ? iso(row.expires_at) : null,
    reconnectLink: reconnectLink(app, row.id),
  }
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter(each => typeof each === 'string') : [])
