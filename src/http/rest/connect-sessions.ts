import * as z from 'zod'
import { hasGone } from '../../calls/call.ts'
import { type ConnectSession, sessionLink } from '../../connections/sessions/connect-session.ts'
import { denyConnectSession } from '../../connections/sessions/deny-session.ts'
import { getConnectSession } from '../../connections/sessions/get-session.ts'
import { openConnectSession } from '../../connections/sessions/open-session.ts'
import { pollDeviceTry } from '../../connections/sessions/poll-device-try.ts'
import { startAuthorize } from '../../connections/sessions/start-authorize.ts'
import { startDeviceTry } from '../../connections/sessions/start-device-try.ts'
import { startConnectSession } from '../../connections/sessions/start-session.ts'
import { submitConnectSession } from '../../connections/sessions/submit-session.ts'
import { Fault } from '../../core/errors.ts'
import { clientAddress } from '../client-address.ts'
import { refusal } from '../require-principal.ts'
import { route } from './route.ts'
import { connection, environment, fields, way } from './schemas.ts'

const state = z.enum(['awaiting_user', 'connected', 'failed', 'expired', 'denied'])
const sessionProblem = z
  .object({ code: z.string(), message: z.string() })
  .nullable()
  .describe(
    'Why the last try did not work: what follows `It says:` are the provider’s own words. While the state is `awaiting_user` the person may try again.',
  )

const scopes = z.array(z.string().min(1).max(200)).max(100)
const label = z.string().max(80)
const typed = z.record(z.string().max(100), z.string().max(65_536))

const session = z.object({
  id: z.string(),
  state,
  provider: z.string(),
  environment,
  connection: connection.nullable(),
  problem: sessionProblem,
  link: z.string(),
  expiresAt: z.string(),
})

const choices = {
  way: z.string().min(1).max(100).describe('Id of one of the ways to connect.'),
  label: label.optional().describe('What to call the connection; the account’s own name without it.'),
  makeDefault: z.boolean().optional(),
}
const oauthTry = z.strictObject({
  ...choices,
  inputs: typed.default({}),
  scopes: scopes.optional().describe('Instead of those that would be asked for.'),
  oauthApp: z.string().max(100).optional().describe('Id of the OAuth app to use, where there are several.'),
})

const tag = 'connecting'

export const connectSessionRoutes = [
  route({
    method: 'post',
    path: '/connect-sessions',
    summary: 'Get a link where a person connects or reconnects an app. It is good for 30 minutes.',
    tag,
    may: 'connections.ask',
    status: 201,
    body: z.strictObject({
      provider: z.string().min(1).max(100),
      environment: environment.optional().describe('A member’s choice; a key has its own.'),
      connection: z.string().min(1).max(100).optional().describe('Id or label of the connection to reconnect.'),
      label: label.min(1).optional(),
      scopes: scopes.optional().describe('To ask for beside those that the connector needs.'),
    }),
    answer: z.object({ id: z.string(), link: z.string(), statusUrl: z.string(), state, expiresAt: z.string() }),
    async run({ app, principal, body }) {
      const row = await startConnectSession(app, principal, body)
      if (row instanceof Fault) return row
      const link = sessionLink(app, row.id)
      const statusUrl = `${app.url()}/api/v1/connect-sessions/${row.id}`
      return { id: row.id, link, statusUrl, state: row.state, expiresAt: new Date(row.expires_at).toISOString() }
    },
  }),
  route({
    method: 'get',
    path: '/connect-sessions/{id}',
    summary: 'How a connect session stands. A key sees those that its own agent asked for.',
    tag,
    may: 'connections.ask',
    query: z.strictObject({
      wait: z.coerce.number().int().min(0).max(60).default(0).describe('Seconds to wait for its end.'),
    }),
    answer: session,
    async run({ app, principal, params, query, incoming }): Promise<ConnectSession | Fault> {
      const waiting = { id: params.id, waitMs: query.wait * 1000, gone: hasGone(incoming.socket) }
      const seen = await getConnectSession(app, principal, waiting)
      return query.wait ? ((await refusal(app, 'connections.ask', incoming)) ?? seen) : seen
    },
  }),
  route({
    method: 'post',
    path: '/connect-sessions/{id}/open',
    summary: 'Open a connect link in this browser: who asks, for what. From then on it works in no other browser.',
    tag,
    may: 'person',
    answer: z.object({
      id: z.string(),
      state,
      provider: z.object({ slug: z.string(), name: z.string(), about: z.string() }),
      workspace: z.object({ id: z.string(), name: z.string() }),
      environment,
      askedBy: z.object({ kind: z.enum(['agent', 'person']), name: z.string() }),
      reconnects: connection.nullable(),
      label: z.string(),
      scopes: z.array(z.string()).describe('Asked for beside those that the connector needs.'),
      connection: connection.nullable().describe('What came of it.'),
      problem: sessionProblem,
      inputs: fields.describe('What every way asks for first.'),
      ways: z.array(way),
      redirectUri: z.string(),
      expiresAt: z.string(),
    }),
    run: ({ app, principal, params }) => openConnectSession(app, principal, params.id),
  }),
  route({
    method: 'post',
    path: '/connect-sessions/{id}/authorize',
    summary: 'Where this browser signs in at the provider. What comes back counts once, and in this browser alone.',
    tag,
    may: 'person',
    body: oauthTry,
    answer: z.object({ location: z.string().describe('Where this browser goes next.') }),
    run: ({ app, principal, params, body }) => startAuthorize(app, principal, { id: params.id, wish: wishOf(body) }),
  }),
  route({
    method: 'post',
    path: '/connect-sessions/{id}/device',
    summary: 'Get a code to type in at the provider, on any device.',
    tag,
    may: 'person',
    body: oauthTry,
    answer: z.object({
      userCode: z.string(),
      verificationUri: z.string(),
      verificationUriComplete: z.string().nullable(),
      intervalMs: z.number().describe('How often to poll.'),
      expiresAt: z.string(),
    }),
    run: ({ app, principal, params, body }) => startDeviceTry(app, principal, { id: params.id, wish: wishOf(body) }),
  }),
  route({
    method: 'post',
    path: '/connect-sessions/{id}/device/poll',
    summary: 'Whether the code was typed in. The provider is asked no faster than it wants to be.',
    tag,
    may: 'person',
    answer: z.object({ state, problem: sessionProblem }),
    run: ({ app, principal, params, incoming }) =>
      pollDeviceTry(app, principal, { id: params.id, address: clientAddress(app, incoming) }),
  }),
  route({
    method: 'post',
    path: '/connect-sessions/{id}/submit',
    summary: 'Connect with what was typed or pasted in. It is tried at the provider before it is stored.',
    tag,
    may: 'person',
    body: z.strictObject({ ...choices, fields: typed.describe('Inputs and secrets, by name.') }),
    answer: z.object({ state: z.literal('connected'), connection }),
    run({ app, principal, params, body: { fields: given, ...rest }, incoming }) {
      const wish = { ...rest, typed: given }
      return submitConnectSession(app, principal, { id: params.id, wish, address: clientAddress(app, incoming) })
    },
  }),
  route({
    method: 'post',
    path: '/connect-sessions/{id}/deny',
    summary: 'Refuse to connect. Whoever asked hears of it.',
    tag,
    may: 'person',
    answer: z.object({ state: z.literal('denied') }),
    run: ({ app, principal, params, incoming }) =>
      denyConnectSession(app, principal, { id: params.id, address: clientAddress(app, incoming) }),
  }),
]

function wishOf({ inputs, ...rest }: z.output<typeof oauthTry>) {
  return { ...rest, typed: inputs }
}
