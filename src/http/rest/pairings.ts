import * as z from 'zod'
import { mayGrant } from '../../accounts/may-grant.ts'
import { approvePairing } from '../../accounts/pairing/approve-pairing.ts'
import { denyPairing } from '../../accounts/pairing/deny-pairing.ts'
import { findPairing, findPairingByCode } from '../../accounts/pairing/find-pairing.ts'
import { pollIntervalMs } from '../../accounts/pairing/pairing.ts'
import { pollPairing } from '../../accounts/pairing/poll-pairing.ts'
import { startPairing } from '../../accounts/pairing/start-pairing.ts'
import { scopeSchema } from '../../accounts/scope.ts'
import { Fault } from '../../core/errors.ts'
import { clientAddress } from '../client-address.ts'
import { expiresInDays, lastsMs, limits } from './key-terms.ts'
import { route } from './route.ts'
import { effect, environment } from './schemas.ts'

const state = z.enum(['awaiting_browser', 'approved', 'denied', 'expired', 'completed'])

/** What a stranger asks for: short, and nothing that a page could not show. */
const askedNames = z.array(z.string().regex(/^[\w-]{1,64}$/)).max(50)
const askedScope = z.strictObject({
  effects: z.array(effect).max(3).optional(),
  providers: askedNames.optional(),
  connections: askedNames.optional(),
  tools: askedNames.optional(),
  manageConnections: z.boolean().optional(),
})

const pairing = z.object({
  id: z.string(),
  userCode: z.string(),
  label: z.string().describe('How the device calls itself. Nothing vouches for it, nor for `host` and `scope`.'),
  host: z.string(),
  address: z.string().describe('Where the device asked from.'),
  environment,
  scope: scopeSchema,
  state,
  createdAt: z.string(),
  expiresAt: z.string(),
})

export const pairingRoutes = [
  route({
    method: 'post',
    path: '/pairings',
    summary: 'Ask for a key, as a device without one. A member approves in the browser; the device polls meanwhile.',
    tag: 'pairing',
    may: 'open',
    status: 201,
    body: z.strictObject({
      label: z.string().min(1).max(80).describe('How the device calls itself, such as "Claude on my laptop".'),
      host: z.string().max(200).default(''),
      environment: environment.default('live'),
      scope: askedScope.default({}).describe('What it asks for. The member may grant less, or more.'),
      challenge: z
        .string()
        .regex(/^[\w-]{43}$/, 'must be the base64url of a SHA-256')
        .describe('base64url(SHA-256(verifier)); the verifier is a random text that only the device knows.'),
    }),
    answer: z.object({
      id: z.string(),
      userCode: z.string().describe('To be shown on the device, and compared in the browser.'),
      verificationUri: z.string(),
      verificationUriComplete: z.string(),
      expiresAt: z.string(),
      intervalMs: z.number().describe('The shortest time between two polls.'),
    }),
    async run({ app, body, incoming }) {
      const row = await startPairing(app.db, app.clock.now(), { wish: body, address: clientAddress(app, incoming) })
      if (row instanceof Fault) return row
      const page = `${app.url()}/pair`
      return {
        id: row.id,
        userCode: row.user_code,
        verificationUri: page,
        verificationUriComplete: `${page}/${row.id}?code=${row.user_code}`,
        expiresAt: new Date(row.expires_at).toISOString(),
        intervalMs: pollIntervalMs,
      }
    },
  }),
  route({
    method: 'post',
    path: '/pairings/{id}/poll',
    summary: 'How a pairing stands. The first poll after the approval answers with the key; no other one ever does.',
    tag: 'pairing',
    may: 'open',
    body: z.strictObject({ verifier: z.string().min(1).max(256) }),
    answer: z.object({
      status: state,
      key: z.string().optional().describe('Only here, and only once.'),
      agent: z.string().optional(),
      environment: environment.optional(),
      expiresAt: z.string().nullable().optional().describe('When the key ends.'),
    }),
    async run({ app, params, body, incoming }) {
      const address = clientAddress(app, incoming)
      const polled = await pollPairing(app.db, app.clock.now(), { id: params.id, verifier: body.verifier, address })
      if (polled instanceof Fault) return polled
      const { state: status, made } = polled
      if (!made) return { status }
      const { agent, view } = made
      return { status, key: made.key.reveal(), agent, environment: view.environment, expiresAt: view.expiresAt }
    },
  }),
  route({
    method: 'get',
    path: '/pairings',
    summary: 'Find a pairing by the code that the device shows.',
    tag: 'pairing',
    may: 'agents.pair',
    query: z.strictObject({ code: z.string().min(1).max(40) }),
    answer: pairing,
    run: ({ app, principal, query }) => findPairingByCode(app, principal, query.code),
  }),
  route({
    method: 'get',
    path: '/pairings/{id}',
    summary: 'Read a pairing: who asks, from where, and for what.',
    tag: 'pairing',
    may: 'agents.pair',
    answer: pairing,
    run: ({ app, principal, params }) => findPairing(app, principal, params.id),
  }),
  route({
    method: 'post',
    path: '/pairings/{id}/approve',
    summary: 'Let the device have a key, of the scope given here.',
    tag: 'pairing',
    may: 'agents.pair',
    body: z.strictObject({
      agent: z
        .string()
        .max(200)
        .optional()
        .describe(
          'Name of the agent, which may be there already. Without it, a new one named as the device calls itself.',
        ),
      environment,
      scope: scopeSchema,
      ...limits,
      expiresInDays,
    }),
    answer: z.object({ id: z.string(), agent: z.string() }),
    async run({ app, principal, params, body, incoming }) {
      const { agent, expiresInDays: days, ...terms } = body
      const refused = await mayGrant(app, principal, terms)
      if (refused) return refused
      return approvePairing(app.db, app.clock.now(), {
        member: principal,
        address: clientAddress(app, incoming),
        id: params.id,
        agent,
        terms: { ...terms, expiresInMs: lastsMs(days) },
      })
    },
  }),
  route({
    method: 'post',
    path: '/pairings/{id}/deny',
    summary: 'Refuse a pairing.',
    tag: 'pairing',
    may: 'agents.pair',
    answer: z.object({ id: z.string() }),
    run: ({ app, principal, params, incoming }) =>
      denyPairing(app.db, app.clock.now(), { member: principal, address: clientAddress(app, incoming), id: params.id }),
  }),
]
