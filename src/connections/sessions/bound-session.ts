import { isAllowed } from '../../accounts/permissions.ts'
import type { MemberPrincipal, PersonPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { ConnectSessionRow } from '../../db/schema.ts'
import { noSession, type SessionState, sessionState } from './connect-session.ts'
import { findSessionRow } from './get-session.ts'

export type BoundSession = { row: ConnectSessionRow; member: MemberPrincipal }

/** A connect session of a workspace that this person connects for; for all others there is none of this id. */
export async function sessionFor(app: App, person: PersonPrincipal, id: string): Promise<BoundSession | Fault> {
  const row = await findSessionRow(app.db.read, id)
  if (!row) return noSession()
  const membership = await app.db.read
    .selectFrom('members')
    .select('role')
    .where('workspace_id', '=', row.workspace_id)
    .where('person_id', '=', person.personId)
    .executeTakeFirst()
  if (!membership) return noSession()
  const { workspace_id: workspaceId, environment } = row
  const member: MemberPrincipal = { ...person, kind: 'member', workspaceId, role: membership.role, environment }
  return isAllowed(member, 'connections.change') ? { row, member } : noSession()
}

/** The same for whoever goes on with it: only the browser that it is bound to, and only while it waits for a person. */
export async function boundSession(app: App, person: PersonPrincipal, id: string): Promise<BoundSession | Fault> {
  const found = await sessionFor(app, person, id)
  if (found instanceof Fault) return found
  if (!isBoundTo(found.row, person)) return boundElsewhere()
  const state = sessionState(found.row, app.clock.now())
  return state === 'awaiting_user' ? found : isOver(state)
}

/** Whether this browser session is the one that the connect session belongs to. */
export function isBoundTo(row: ConnectSessionRow, { personId, sessionId }: PersonPrincipal): boolean {
  return row.session_id === sessionId && row.person_id === personId
}

export function boundElsewhere(): Fault {
  return new Fault('forbidden', 'This link was opened in another browser, or by somebody else.', {
    fix: 'Go on in the browser that opened it first, or ask for a new link.',
  })
}

const endings: Record<Exclude<SessionState, 'awaiting_user'>, string> = {
  connected: 'was used already',
  failed: 'has failed',
  expired: 'has expired',
  denied: 'was denied',
}

export function isOver(state: SessionState): Fault {
  const how = state === 'awaiting_user' ? 'is in use just now' : endings[state]
  return new Fault('conflict', `This connect link ${how}.`, { fix: 'Ask for a new link if it is still wanted.' })
}
