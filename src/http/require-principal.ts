import type { IncomingMessage } from 'node:http'
import { notAMember } from '../accounts/people/no-member.ts'
import { isAllowed, type PermissionName, permissions } from '../accounts/permissions.ts'
import type { AgentPrincipal, MemberPrincipal, PersonPrincipal, Principal } from '../accounts/principal.ts'
import { findSession } from '../accounts/sessions.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { requireKey, sentKey } from './require-key.ts'
import { sessionCookie } from './session-cookie.ts'

/** What a route asks for: a permission in a workspace; only a signed-in person; or nobody in particular. */
export type May = PermissionName | 'person' | 'open'

/** Whom a route of this kind gets. */
export type Asking<M extends May> = M extends 'open'
  ? PersonPrincipal | undefined
  : M extends 'person'
    ? PersonPrincipal
    : M extends PermissionName
      ? Allowed<(typeof permissions)[M]>
      : never

/** What the table says about a permission, as a type: some are for keys only, some for members only. */
type Allowed<P extends { roles: readonly unknown[]; keys: unknown }> = P['roles'] extends readonly []
  ? AgentPrincipal
  : P['keys'] extends false
    ? MemberPrincipal
    : Principal

type Asked = Principal | PersonPrincipal | undefined | Fault

/** The principal of a request, by its key or by its browser session, if it may do this. */
export function requirePrincipal(app: App, may: May, incoming: IncomingMessage): Asked | Promise<Asked> {
  if (may !== 'open' && may !== 'person' && sentKey(incoming.headers) !== undefined) {
    const found = requireKey(app, incoming.headers)
    return found instanceof Promise ? found.then(principal => permit(principal, may)) : permit(found, may)
  }
  return bySession(app, may, incoming)
}

/** Why whoever was let in is not any more, if so: the key was revoked meanwhile, or the session ended. */
export async function refusal(app: App, may: May, incoming: IncomingMessage): Promise<Fault | undefined> {
  const asked = await requirePrincipal(app, may, incoming)
  return asked instanceof Fault ? asked : undefined
}

async function bySession(app: App, may: May, incoming: IncomingMessage): Promise<Asked> {
  const token = sessionCookie(incoming.headers)
  const session = token === undefined ? undefined : await findSession(app, token)
  const refused = isUnsafe(incoming) && foreignRequest(app, incoming, session !== undefined || may === 'person')
  if (refused) return refused
  if (may === 'open') return session?.person
  if (!session) return notSignedIn()
  if (may === 'person') return session.person
  const asked = incoming.headers['x-clawlink-workspace']
  const membership =
    asked === undefined
      ? session.memberships[0]
      : session.memberships.find(({ workspaceId }) => workspaceId === String(asked))
  if (!membership) return notAMember()
  const member: MemberPrincipal = { ...session.person, kind: 'member', ...membership, environment: 'live' }
  return permit(member, may)
}

/** The same principal, if it may do this. */
export function permit<P extends Principal>(principal: P | Fault, may: PermissionName): P | Fault {
  if (principal instanceof Fault || isAllowed(principal, may)) return principal
  if (principal.kind === 'agent')
    return new Fault('forbidden', 'A key cannot do this.', { fix: 'Ask a member to do it in the browser.' })
  return permissions[may].roles.length === 0
    ? new Fault('forbidden', 'Only an agent does this, with its key.', {
        fix: 'Send the key of an agent instead of a session.',
      })
    : new Fault('forbidden', `The role ${principal.role} does not allow this.`, { fix: 'Ask an owner or admin.' })
}

function notSignedIn(): Fault {
  return new Fault('unauthorized', 'No ClawLink key was sent, and nobody is signed in.')
}

const isUnsafe = ({ method }: IncomingMessage) => method !== 'GET' && method !== 'HEAD'

/**
 * What is wrong with an unsafe request, if another site's page made a browser send it. A browser names the page's origin
 * with each of them, and no page can change that (Fetch, 3.2): without one only a program asks, which no cookie may sign in.
 */
function foreignRequest(app: App, { headers }: IncomingMessage, needsOrigin: boolean): Fault | undefined {
  const { origin, 'content-type': type } = headers
  if (origin === undefined ? needsOrigin : !isOwnOrigin(app, origin, headers.host)) return foreignOrigin()
  // Forms of other sites can send three types without being asked first, and this is none of them (Fetch, 2.2.2).
  if (needsOrigin && type !== undefined && !/^application\/json\s*(;|$)/i.test(type))
    return new Fault('validation_error', 'The body has to be JSON.', { fix: 'Send it as `application/json`.' })
  return undefined
}

/** Our own pages are at the public URL, or where this very request was sent. */
function isOwnOrigin({ config: { publicUrl } }: App, origin: string, host = ''): boolean {
  const ours = publicUrl === undefined ? undefined : new URL(publicUrl)
  if (origin === ours?.origin) return true
  const from = URL.parse(origin)
  // Not the public host by another scheme: over plain http anybody on the way could have written that page.
  return from !== null && from.host === host.toLowerCase() && from.host !== ours?.host
}

function foreignOrigin(): Fault {
  return new Fault('forbidden', 'This request did not come from a page of ClawLink.', {
    fix: 'Open ClawLink’s own page and do it there. Programs use a key instead of a session.',
  })
}
