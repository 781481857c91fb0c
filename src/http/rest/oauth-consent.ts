import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { findConsent } from '../../accounts/grants/consent.ts'
import { approveConsent, denyConsent } from '../../accounts/grants/decide-consent.ts'
import { approveDevice, denyDevice, findDevice } from '../../accounts/grants/device.ts'
import type { GrantTerms } from '../../accounts/grants/make-grant.ts'
import { mayGrant } from '../../accounts/may-grant.ts'
import { notAMember } from '../../accounts/people/no-member.ts'
import { roleOf } from '../../accounts/people/rank.ts'
import type { MemberPrincipal, PersonPrincipal } from '../../accounts/principal.ts'
import { scopeSchema } from '../../accounts/scope.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { clientAddress } from '../client-address.ts'
import { consentCookie } from '../oauth/consent-cookie.ts'
import { permit } from '../require-principal.ts'
import { expiresInDays, lastsMs } from './key-terms.ts'
import { route } from './route.ts'
import { environment } from './schemas.ts'

const asking = z.object({
  client: z.object({
    id: z.string(),
    name: z.string().describe('How the program calls itself. Nothing vouches for it.'),
    uri: z.string().nullable(),
    redirectHost: z.string().describe('Where the answer goes. Empty for a device, which fetches it.'),
    loopbackOnly: z.boolean().describe('The answer goes to whatever program listens on the person’s own machine.'),
    verified: z.boolean().describe('The id is a URL, whose owner published this name and these redirects.'),
  }),
  resource: z.string(),
  expiresAt: z.string(),
})

const terms = {
  workspaceId: z.string().min(1).max(100),
  environment,
  scope: scopeSchema,
  expiresInDays,
}

const location = z.object({ location: z.string().describe('Where this browser goes next.') })
const code = z.string().min(1).max(40).describe('The code that the device shows.')

export const consentRoutes = [
  route({
    method: 'get',
    path: '/oauth/interactions/{uid}',
    summary: 'Who asks to be let in, in the browser that the request began in.',
    tag: 'oauth',
    may: 'person',
    answer: asking,
    async run({ app, params, incoming }) {
      const consent = await consentOf(app, params.uid, incoming)
      if (consent instanceof Fault) return consent
      const { client, resource } = consent.asking
      return { client, resource, expiresAt: new Date(consent.expiresAt).toISOString() }
    },
  }),
  route({
    method: 'post',
    path: '/oauth/interactions/{uid}/approve',
    summary: 'Let the client in, with the scope given here, as an agent of this workspace.',
    tag: 'oauth',
    may: 'person',
    body: z.strictObject(terms),
    answer: location,
    async run({ app, principal, params, body, incoming }) {
      const consent = await consentOf(app, params.uid, incoming)
      if (consent instanceof Fault) return consent
      const decision = await decisionOf(app, principal, body, incoming)
      return decision instanceof Fault ? decision : approveConsent(app, consent, decision)
    },
  }),
  route({
    method: 'post',
    path: '/oauth/interactions/{uid}/deny',
    summary: 'Refuse the client.',
    tag: 'oauth',
    may: 'person',
    answer: location,
    async run({ app, params, incoming }) {
      const consent = await consentOf(app, params.uid, incoming)
      return consent instanceof Fault ? consent : denyConsent(app, consent)
    },
  }),
  route({
    method: 'get',
    path: '/oauth/device',
    summary: 'Which device shows this code.',
    tag: 'oauth',
    may: 'person',
    query: z.strictObject({ code }),
    answer: asking.extend({ address: z.string().describe('Where the device asked from.') }),
    async run({ app, principal, query }) {
      const device = await findDevice(app, principal, query.code)
      if (device instanceof Fault) return device
      const { client, resource, address, expiresAt } = device
      return { client, resource, address, expiresAt: new Date(expiresAt).toISOString() }
    },
  }),
  route({
    method: 'post',
    path: '/oauth/device/approve',
    summary: 'Let the device in, with the scope given here, as an agent of this workspace.',
    tag: 'oauth',
    may: 'person',
    body: z.strictObject({ code, ...terms }),
    answer: z.object({ status: z.literal('approved') }),
    async run({ app, principal, body, incoming }) {
      const device = await findDevice(app, principal, body.code)
      if (device instanceof Fault) return device
      const decision = await decisionOf(app, principal, body, incoming)
      if (decision instanceof Fault) return decision
      return (await approveDevice(app, device, decision)) ?? { status: 'approved' as const }
    },
  }),
  route({
    method: 'post',
    path: '/oauth/device/deny',
    summary: 'Refuse the device.',
    tag: 'oauth',
    may: 'person',
    body: z.strictObject({ code }),
    answer: z.object({ status: z.literal('denied') }),
    async run({ app, principal, body }) {
      const device = await findDevice(app, principal, body.code)
      if (device instanceof Fault) return device
      return (await denyDevice(app, device)) ?? { status: 'denied' as const }
    },
  }),
]

function consentOf(app: App, uid: string, { headers }: IncomingMessage) {
  return findConsent(app, { uid, browser: consentCookie(headers) })
}

/** What this person may decide in the workspace that they chose, or why not. */
async function decisionOf(
  app: App,
  person: PersonPrincipal,
  { workspaceId, environment, scope, expiresInDays: days }: z.output<z.ZodObject<typeof terms>>,
  incoming: IncomingMessage,
): Promise<{ member: MemberPrincipal; address: string; terms: GrantTerms } | Fault> {
  const role = await roleOf(app.db.read, workspaceId, person.personId)
  if (!role) return notAMember()
  const member = permit<MemberPrincipal>(
    { ...person, kind: 'member', workspaceId, role, environment: 'live' },
    'agents.pair',
  )
  if (member instanceof Fault) return member
  const refused = await mayGrant(app, member, { environment, scope })
  if (refused) return refused
  return { member, address: clientAddress(app, incoming), terms: { environment, scope, expiresInMs: lastsMs(days) } }
}
