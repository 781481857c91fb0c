import type { App } from '../app.ts'
import type { Provider } from '../catalog/catalog.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow, CredentialRow } from '../db/schema.ts'
import type { Credential } from './credential.ts'
import { reconnectLink } from './links.ts'
import { openCredential } from './open-credential.ts'
import { renewCredential } from './renew-on-demand.ts'
import { type Found, isStillGood, type RenewalEnd, useOf } from './renewal.ts'

/**
 * The credential of a connection, opened for one request and renewed first where that is needed. Read from where it is kept
 * each time and remembered nowhere, so a changed or removed one counts at once. A fault says whether to wait or to ask a
 * person.
 */
export function freshCredential(
  app: App,
  connection: ConnectionRow,
  provider: Provider,
): Credential | Fault | Promise<Credential | Fault> {
  if (connection.secret_ref !== '') return fromOutside(app, connection.secret_ref)
  const rows = app.queries.connections.credential(connection.id)
  return rows instanceof Promise
    ? rows.then(([row]) => use(app, connection, provider, row))
    : use(app, connection, provider, rows[0])
}

async function fromOutside(app: App, ref: string): Promise<Credential | Fault> {
  const { readSecretRef } = await import('./stores/read-secret-ref.ts') // most have none
  return readSecretRef(app, ref)
}

function use(
  app: App,
  connection: ConnectionRow,
  provider: Provider,
  row: CredentialRow | undefined,
): Credential | Fault | Promise<Credential | Fault> {
  if (!row) return removed(connection)
  if (connection.state === 'needs_reauth') return useAsItIs(app, connection, provider, row)
  if (row.renewable === 0) return openCredential(app, row)
  const when = useOf(row, app.clock.now(), app.config.renewAheadMinutes * 60_000)
  if (when === 'now') return openCredential(app, row)
  const renewal = renewCredential(app, { connection, provider, staleVersion: row.version })
  if (when === 'after_renewal') return renewal.then(end => usable(app, connection, end))
  app.renewals.follow(renewal)
  return openCredential(app, row)
}

/** What this process remembers of the state may be a second old, so whether a person has to sign in is read anew. */
async function useAsItIs(app: App, known: ConnectionRow, provider: Provider, row: CredentialRow) {
  const connection = await app.db.read
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', known.id)
    .executeTakeFirst()
  if (!connection) return removed(known)
  if (connection.state !== 'needs_reauth') return use(app, connection, provider, row)
  return usable(app, known, { end: 'needs_reauth', found: { row, connection } })
}

/** What a call gets once nothing more can be done for it: also the old token, for as long as that is good. */
function usable(app: App, connection: ConnectionRow, renewal: RenewalEnd): Credential | Fault {
  if (renewal.end === 'gone') return removed(connection)
  const { end, found } = renewal
  if (end === 'replaced' || isStillGood(found, app.clock.now())) return openCredential(app, found.row)
  return end === 'held_off' ? heldOff(app, found) : needsPerson(app, found)
}

function removed({ label }: ConnectionRow): Fault {
  return new Fault('connection_not_found', `The connection ${label} was removed.`)
}

function heldOff(app: App, { connection, row }: Found): Fault {
  const retryAfterMs = Math.max(1, row.renew_after - app.clock.now())
  const { label, state_reason: reason } = connection
  const message = reason || `The sign-in of ${label} could not be renewed just now.`
  return new Fault('provider_unavailable', message, { retryAfterMs, ...(reason && { untrusted: true }) })
}

function needsPerson(app: App, { connection }: Found): Fault {
  const { label, state_reason: reason } = connection
  const message = `${label} has to be reconnected${reason ? `: ${reason}` : '.'}`
  return new Fault('authentication_failed', message, {
    link: reconnectLink(app, connection.id),
    fix: 'Show the link to the person you work for: one sign-in there repairs it. Then call again.',
  })
}
