/** A person who came in by an invitation and is signed in, all over HTTP: what a browser does. */
import { randomBytes } from 'node:crypto'
import { insertInvitation } from '../../src/accounts/people/invitation.ts'
import type { Role } from '../../src/db/schema.ts'
import type { RestAnswer, TestClawLink } from './clawlink.ts'

export type PersonRest = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: Record<string, string> },
) => Promise<RestAnswer>

export type Person = {
  personId: string
  email: string
  password: string
  /** `clawlink_session=…`, as a browser sends it. */
  cookie: string
  /** One request below `/api/v1` as a page of ClawLink sends it, checked against the OpenAPI document. */
  rest: PersonRest
}

/** A new owner of the kit's own workspace, unless said otherwise. `invitation` is a token to use instead of a new one. */
export async function signUp(
  claw: TestClawLink,
  {
    role = 'owner',
    workspaceId = claw.app.workspaceId,
    email = `person-${randomBytes(6).toString('hex')}@example.com`,
    name = 'Ada',
    password = 'four plain words here',
    invitation,
  }: {
    role?: Role
    workspaceId?: string
    email?: string
    name?: string
    password?: string
    invitation?: string
  } = {},
): Promise<Person> {
  const token = invitation ?? (await invitationTo(claw, { role, workspaceId }))
  const answer = await asBrowser(claw)('POST', '/invitations/accept', { body: { token, email, name, password } })
  const cookie = cookieOf(answer)
  if (cookie === undefined) throw new Error(`Nobody was signed up: ${answer.text}`)
  const rest = asBrowser(claw, cookie)
  const { person } = (await rest('GET', '/me')).body
  return { personId: String(Object(person).id), email, password, cookie, rest }
}

/** Signs in by email and password, without a second factor, in a browser of its own. */
export async function signInAgain(claw: TestClawLink, person: Pick<Person, 'email' | 'password'>): Promise<Person> {
  const { email, password } = person
  const answer = await asBrowser(claw)('POST', '/sign-in', { body: { email, password } })
  const cookie = cookieOf(answer)
  if (cookie === undefined) throw new Error(`Nobody was signed in: ${answer.text}`)
  const rest = asBrowser(claw, cookie)
  const me = (await rest('GET', '/me')).body.person
  return { personId: String(Object(me).id), email, password, cookie, rest }
}

/** The token of an invitation that the command line made. */
export async function invitationTo(
  { app, clock }: TestClawLink,
  {
    role = 'member',
    workspaceId = app.workspaceId,
    email = '',
  }: { role?: Role; workspaceId?: string; email?: string } = {},
): Promise<string> {
  const wanted = { workspaceId, role, email, createdBy: '', lastsMs: 24 * 60 * 60_000 }
  const { token } = await app.db.write(tx => insertInvitation(tx, clock.now(), wanted))
  return token.reveal()
}

/** Requests as a page of ClawLink sends them: with its origin, with a cookie or without, never with a key. */
export function asBrowser(claw: TestClawLink, cookie?: string): PersonRest {
  return (method, path, { body, headers } = {}) =>
    claw.rest(method, path, {
      key: null,
      body,
      headers: { origin: claw.url, ...(cookie !== undefined && { cookie }), ...headers },
    })
}

/** The session that an answer starts, as the browser sends it from then on; undefined when it starts none. */
export function cookieOf({ headers }: Pick<RestAnswer, 'headers'>): string | undefined {
  return /^(clawlink_session=cls_[0-9a-f]{48});/.exec(headers.get('set-cookie') ?? '')?.[1]
}
