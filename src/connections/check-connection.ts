import type { App } from '../app.ts'
import type { Provider } from '../catalog/catalog.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow, CredentialRow } from '../db/schema.ts'
import { authOf, valuesOf } from './auth-of.ts'
import { restingState, type Standing } from './connection-state.ts'
import { freshCredential } from './fresh-credential.ts'
import { lockConnection } from './lock-connection.ts'
import { type Probed, probeAccount } from './probe-account.ts'
import { renewCredential } from './renew-on-demand.ts'
import { isNew } from './renewal.ts'
import { setConnectionState } from './set-state.ts'

/**
 * Asks the provider whose account this is, and sets the state by that: refused means that a person has to sign in again, a
 * good answer that the connection is well. Everything else changes nothing. Gives the connection as it stands then.
 */
export async function checkConnection(app: App, { id }: Pick<ConnectionRow, 'id'>): Promise<ConnectionRow | Fault> {
  const connection = await findConnection(app, id)
  if (!connection) return new Fault('connection_not_found', 'There is no such connection.')
  const provider = app.catalog.providers.get(connection.provider)
  if (!provider) return new Fault('provider_not_found', `There is no provider "${connection.provider}".`)
  const { probed, row } = await ask(app, connection, provider)
  const standing = standingOf(probed, connection, row, provider, app.clock.now())
  if (standing) {
    await app.db.write(async tx => {
      await lockConnection(app, tx, id)
      const now = await tx
        .selectFrom('credentials')
        .select('version')
        .where('connection_id', '=', id)
        .executeTakeFirst()
      // About another credential than the one that is there now, the answer says nothing.
      if (now?.version === row?.version) await setConnectionState(app, tx, id, standing)
    })
    app.memory.connections.clear()
  }
  return (await findConnection(app, id)) ?? connection
}

/** Asks, and once more with a new token where the one that is there is refused or has ended. */
async function ask(app: App, connection: ConnectionRow, provider: Provider) {
  const row = await credentialRow(app, connection.id)
  const first = { probed: await probe(app, connection, provider), row }
  const { account } = first.probed
  if (row?.renewable !== 1 || !(account instanceof Fault) || account.code !== 'authentication_failed') return first
  if (isNew(row, app.clock.now()) && connection.state !== 'needs_reauth') return first
  // Somebody has asked: what failed before may be in order by now.
  const renewal = await renewCredential(app, { connection, provider, staleVersion: row.version, insist: true })
  if (renewal.end !== 'replaced') return first
  return { probed: await probe(app, renewal.found.connection, provider), row: renewal.found.row }
}

async function probe(app: App, connection: ConnectionRow, provider: Provider): Promise<Probed> {
  const auth = authOf(provider, connection)
  if (auth instanceof Fault) return { account: auth, refused: false }
  // One that a person has to renew is tried all the same: the provider may take it again.
  const credential = await freshCredential(app, { ...connection, state: 'healthy' }, provider)
  if (credential instanceof Fault) return { account: credential, refused: false }
  return probeAccount(app, provider, auth, credential, valuesOf(provider, connection))
}

/** What the provider's answer says about the connection, or undefined when it says nothing. Pure. */
function standingOf(
  { account, refused }: Probed,
  connection: ConnectionRow,
  row: CredentialRow | undefined,
  { connector }: Provider,
  nowMs: number,
): Standing | undefined {
  if (account instanceof Fault) {
    return refused
      ? { state: 'needs_reauth', reason: `${connector.name} no longer accepts the credential of this connection.` }
      : undefined
  }
  // Agents know a connection by its id: behind it there must never be somebody else's account.
  if (account.id !== connection.account_id)
    return {
      state: 'needs_reauth',
      reason: `Its credential opens the account ${account.label} now, not ${connection.account_label}.`,
    }
  return restingState(connection, row, nowMs)
}

function findConnection(app: App, id: string): Promise<ConnectionRow | undefined> {
  return app.db.read.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst()
}

async function credentialRow(app: App, id: string): Promise<CredentialRow | undefined> {
  const [row] = await app.queries.connections.credential(id)
  return row
}
