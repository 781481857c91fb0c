/** A person who connects an app in a browser: what the hosted page does, over HTTP. */
import { hash } from 'node:crypto'
import { buildCatalog } from '../../src/catalog/catalog.ts'
import type { Connector } from '../../src/catalog/define.ts'
import { connectors } from '../../src/connectors/index.ts'
import type { ConnectSessionRow } from '../../src/db/schema.ts'
import { type Choice, signIn } from '../../src/sandbox/sign-in.ts'
import type { RestAnswer, TestClawLink } from './clawlink.ts'
import type { Person } from './person.ts'

export type Json = Record<string, unknown>

/** Asks for a link with a key: the kit's own, for the sandbox, unless said otherwise. Gives the session's id. */
export async function askForLink(claw: TestClawLink, body: Json = {}, key: string = claw.key): Promise<string> {
  const answer = await claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox', ...body }, key })
  if (answer.status !== 201) throw new Error(`There is no link: ${answer.text}`)
  return String(answer.body.id)
}

/** One of the routes of a session, in this person's browser. */
export const onPage = ({ rest }: Pick<Person, 'rest'>, id: string, what: string, body?: Json): Promise<RestAnswer> =>
  rest('POST', `/connect-sessions/${id}/${what}`, { body })

/** Opens the link and begins to sign in at the provider. Gives where the browser is sent to. */
export async function toProvider(person: Person, id: string, body: Json = {}): Promise<URL> {
  const opened = await onPage(person, id, 'open')
  if (opened.status !== 200) throw new Error(`The link does not open: ${opened.text}`)
  return new URL(String((await begin(person, id, body)).body.location))
}

export const begin = (person: Person, id: string, body: Json = {}) =>
  onPage(person, id, 'authorize', { way: 'oauth2', ...body })

/** Decides at the sandbox's consent page. Gives where it sends the browser back to. */
export async function decide(location: URL, choice: Choice = {}): Promise<URL> {
  const { location: back, pages } = await signIn(location, choice)
  if (!back) throw new Error(`Nobody is sent back: ${pages.at(-1)?.text}`)
  return back
}

/** A browser comes back from a provider: with this cookie, or without any. Gives the path it is sent on to. */
export async function comeBack(claw: TestClawLink, back: URL, cookie?: string): Promise<string> {
  const answer = await claw.http({
    method: 'GET',
    path: back.pathname + back.search,
    headers: { accept: 'text/html', ...(cookie !== undefined && { cookie }) },
  })
  if (answer.status !== 303 || answer.text !== '') throw new Error(`No way on: ${answer.status} ${answer.text}`)
  const location = answer.headers.get('location') ?? ''
  if (!location.startsWith(`${claw.url}/connect/`)) throw new Error(`Sent away to ${location}`)
  return location.slice(claw.url.length)
}

/** The whole way through the provider. */
export async function connectByOAuth(
  claw: TestClawLink,
  person: Person,
  id: string,
  { body = {}, ...choice }: Choice & { body?: Json } = {},
): Promise<string> {
  const back = await decide(await toProvider(person, id, body), choice)
  return comeBack(claw, back, person.cookie)
}

/** How the session stands, as the agent sees it. */
export const statusOf = async (claw: TestClawLink, id: string, key: string = claw.key) =>
  (await claw.rest('GET', `/connect-sessions/${id}`, { key })).body

export async function storedSession(claw: TestClawLink, id: string): Promise<ConnectSessionRow> {
  return claw.app.db.read.selectFrom('connect_sessions').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Everything of connecting that is in the database: how many connections, credentials, and secrets on their way. */
export async function stored({ app: { db } }: TestClawLink) {
  const connections = await db.read.selectFrom('connections').selectAll().orderBy('id').execute()
  const credentials = await db.read.selectFrom('credentials').selectAll().execute()
  const seals = await db.read.selectFrom('seals').select('id').where('id', 'like', 'csess_%').execute()
  return { connections, credentials, seals: seals.map(({ id }) => id) }
}

export const sha256 = (text: string) => hash('sha256', text)

/** Requests as they reached the sandbox: method and path without its query. */
export const reached = ({ sandbox }: TestClawLink) =>
  sandbox.requests.map(({ method, path }) => `${method} ${path.split('?', 1)[0]}`)

/** The forms that reached a token endpoint of the sandbox. */
export const tokenForms = ({ sandbox }: TestClawLink) =>
  sandbox.requests
    .filter(({ method, path }) => method === 'POST' && /\/token$/.test(path))
    .map(({ body }) => Object.fromEntries(new URLSearchParams(body)))

export const auditOf = async ({ app: { db } }: TestClawLink) =>
  (await db.read.selectFrom('audit').selectAll().orderBy('seq').execute()).map(row => ({
    action: row.action,
    by: row.actor_name,
    target: row.target,
    details: JSON.parse(row.details),
  }))

/** Adds providers of the test's own to those that there are. They live where their URLs say. */
export function addProviders({ app }: TestClawLink, more: Record<string, Connector>): void {
  app.catalog = buildCatalog({ ...connectors, ...more }, app.config.baseUrls)
}
