import type { Transaction } from 'kysely'
import { type Environment, type Principal, scopeOf } from '../../accounts/principal.ts'
import { allowsConnection } from '../../accounts/scope.ts'
import { whoami } from '../../accounts/whoami.ts'
import type { App } from '../../app.ts'
import { findProvider } from '../../catalog/find-provider.ts'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { lockWorkspace } from '../../db/lock-workspace.ts'
import type { ConnectionRow, ConnectSessionRow, Schema } from '../../db/schema.ts'
import { labelFault } from '../connection-label.ts'
import { sessionTtlMs } from './connect-session.ts'

export type SessionWish = {
  provider: string
  /** A member's choice; a key has its own. */
  environment?: Environment | undefined
  /** Id or label of the connection to reconnect. */
  connection?: string | undefined
  label?: string | undefined
  /** To ask for beside those that the connector needs. */
  scopes?: readonly string[] | undefined
}

/** RFC 6749, 3.3: what a scope may be written with. */
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/

const hourMs = 60 * 60_000
const perHour = { agent: 30, member: 60 } as const
const openMax = 100

/**
 * Starts a connect session, for a person to go on with at its link. A member's own is bound to the browser that asks; an
 * agent's to the one that opens it first.
 */
export async function startConnectSession(
  app: App,
  principal: Principal,
  wish: SessionWish,
): Promise<ConnectSessionRow | Fault> {
  const provider = findProvider(app.catalog, wish.provider)
  if (provider instanceof Fault) return provider
  const label = wish.label?.trim() ?? ''
  const wrong = labelFault(wish.label)
  if (wrong) return wrong
  const [badScope] = (wish.scopes ?? []).flatMap((scope, at) => (scopePattern.test(scope) ? [] : [`scopes.${at}`]))
  if (badScope !== undefined)
    return new Fault('validation_error', 'A scope is one word of printable characters, without quotes.', {
      invalidFields: [{ field: badScope, problem: 'is not a scope' }],
    })
  const known = await reconnected(app, principal, wish)
  if (known instanceof Fault) return known
  const environment = known?.environment ?? wish.environment ?? principal.environment
  const refused = outOfReach(principal, { provider: provider.slug, environment, known })
  if (refused) return refused

  const askedBy = await asking(app, principal)
  const now = app.clock.now()
  const row: ConnectSessionRow = {
    id: newId('csess', now),
    workspace_id: principal.workspaceId,
    provider: provider.slug,
    environment,
    connection_id: known?.id ?? '',
    scopes: JSON.stringify(wish.scopes ?? []),
    label,
    ...askedBy,
    state: 'awaiting_user',
    person_id: principal.kind === 'member' ? principal.personId : '',
    session_id: principal.kind === 'member' ? principal.sessionId : '',
    state_hash: '',
    code: '',
    problem: '',
    made_connection_id: '',
    created_at: now,
    expires_at: now + sessionTtlMs,
    ended_at: null,
  }
  return app.db.write(async tx => {
    await lockWorkspace(tx, row.workspace_id)
    const flood = await tooMany(tx, row, now)
    if (flood) return flood
    await tx.insertInto('connect_sessions').values(row).execute()
    return row
  })
}

/** The connection to reconnect, if any was named, as far as this principal sees it. */
async function reconnected(
  app: App,
  principal: Principal,
  { provider, connection, environment }: SessionWish,
): Promise<ConnectionRow | undefined | Fault> {
  if (connection === undefined) return undefined
  const rows = await app.db.read
    .selectFrom('connections')
    .selectAll()
    .where('workspace_id', '=', principal.workspaceId)
    .where('provider', '=', provider)
    .where(q => q.or([q('id', '=', connection), q('label', '=', connection)]))
    .execute()
  const within = principal.kind === 'agent' ? principal.environment : environment
  const seen = rows.filter(
    row => (within === undefined || row.environment === within) && allowsConnection(scopeOf(principal), row),
  )
  return (
    seen.find(({ id }) => id === connection) ??
    seen[0] ??
    new Fault('connection_not_found', `There is no connection "${connection.slice(0, 100)}" to ${provider}.`)
  )
}

/** A key asks only for what it could use then. */
function outOfReach(
  principal: Principal,
  wanted: { provider: string; environment: Environment; known: ConnectionRow | undefined },
): Fault | undefined {
  if (principal.kind === 'member') return undefined
  const { environment, scope } = principal
  if (wanted.environment !== environment)
    return new Fault('forbidden', `A ${environment} key cannot ask for a ${wanted.environment} connection.`)
  const isOutside = scope.providers ? !scope.providers.includes(wanted.provider) : false
  if (!isOutside && (wanted.known || !scope.connections)) return undefined
  return new Fault('forbidden', 'The scope of this key does not allow using such a connection.')
}

async function asking(
  app: App,
  principal: Principal,
): Promise<Pick<ConnectSessionRow, 'asked_by_kind' | 'asked_by_id' | 'asked_by_name'>> {
  if (principal.kind === 'member')
    return { asked_by_kind: 'person', asked_by_id: principal.personId, asked_by_name: principal.name }
  const { agent } = await whoami(app.db, principal)
  return { asked_by_kind: 'agent', asked_by_id: principal.agentId, asked_by_name: agent?.name ?? '' }
}

async function tooMany(tx: Transaction<Schema>, row: ConnectSessionRow, nowMs: number): Promise<Fault | undefined> {
  const hourAgo = nowMs - hourMs
  const rows = await tx
    .selectFrom('connect_sessions')
    .select(['asked_by_id', 'asked_by_kind', 'created_at', 'state', 'expires_at'])
    .where('expires_at', '>', hourAgo + sessionTtlMs)
    .where('workspace_id', '=', row.workspace_id)
    .execute()
  const theirs = rows.filter(({ asked_by_id }) => asked_by_id === row.asked_by_id)
  const max = row.asked_by_kind === 'agent' ? perHour.agent : perHour.member
  if (theirs.length >= max)
    return new Fault('rate_limited', `No more than ${max} connect links can be asked for in an hour.`, {
      fix: 'Use the link that is there already, or wait for the stated time.',
      retryAfterMs: Math.min(...theirs.map(({ created_at }) => created_at)) - hourAgo,
    })
  const isOpen = ({ state, expires_at }: (typeof rows)[number]) => state === 'awaiting_user' && expires_at > nowMs
  // Agents that ask a lot keep no member from connecting.
  const open = rows.filter(each => isOpen(each) && each.asked_by_kind === row.asked_by_kind)
  if (open.length < openMax) return undefined
  return new Fault('rate_limited', 'Too many connect links of this workspace wait for a person already.', {
    fix: 'Use one of those, or wait for the stated time.',
    retryAfterMs: Math.min(...open.map(({ expires_at }) => expires_at)) - nowMs,
  })
}
