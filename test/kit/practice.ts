import { join } from 'node:path'
import type { App } from '../../src/app.ts'
import { buildCatalog } from '../../src/catalog/catalog.ts'
import { Credential } from '../../src/connections/credential.ts'
import { freshCredential } from '../../src/connections/fresh-credential.ts'
import { type SavedConnection, saveConnection } from '../../src/connections/save-connection.ts'
import { connectors } from '../../src/connectors/index.ts'
import { type Config, configSchema } from '../../src/core/config.ts'
import { Fault } from '../../src/core/errors.ts'
import type { ConnectionRow } from '../../src/db/schema.ts'
import { practice } from './refresh-provider.ts'

/** Adds the practice connector to what this app knows. Its base URL has to be among the app's settings. */
export function addPractice(app: App): void {
  app.catalog = buildCatalog({ ...connectors, practice }, app.config.baseUrls)
}

/** Settings of a process that knows the practice provider and serves nobody. */
export function practiceConfig(dataDir: string, baseUrl: string): Config {
  const keyringFile = join(dataDir, 'keys', 'keyring.json')
  return configSchema.parse({ dataDir, keyringFile, logLevel: 'silent', baseUrls: { practice: baseUrl } })
}

export type PracticeConnection = {
  /** Id of the way to connect; OAuth unless told. */
  way?: string
  parts: Record<string, string>
  /** When its access token ends, from now; null for one that lasts. */
  endsInMs: number | null
  renewable?: boolean
  label?: string
  more?: Partial<SavedConnection>
}

/** The credential of a practice connection, as a call gets it. */
export async function practiceCredential(app: App, connection: ConnectionRow): Promise<Credential | Fault> {
  const provider = app.catalog.providers.get('practice')
  if (!provider) throw new Error('there is no practice provider')
  return freshCredential(app, connection, provider)
}

/** Connects the practice provider as a finished sign-in would. */
export async function connectPractice(
  app: App,
  { way = 'oauth2', parts, endsInMs, renewable = true, label = 'practice', more }: PracticeConnection,
): Promise<ConnectionRow> {
  const provider = app.catalog.providers.get('practice')
  const auth = provider?.connector.auth.find(({ id }) => id === way)
  if (!provider || !auth) throw new Error(`the practice provider has no ${way}`)
  const row = await saveConnection(app, {
    workspaceId: app.workspaceId,
    provider,
    environment: 'live',
    label,
    auth,
    account: { id: 'acct_1', label: 'ada@example.com' },
    metadata: {},
    credential: new Credential(parts),
    expiresAt: endsInMs === null ? null : app.clock.now() + endsInMs,
    renewable,
    askedScopes: [],
    grantedScopes: null,
    createdBy: '',
    ...more,
  })
  if (row instanceof Fault) throw new Error(`${row.code}: ${row.message}`)
  return row
}
