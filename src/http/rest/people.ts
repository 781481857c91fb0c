import * as z from 'zod'
import { acceptAsNewPerson, acceptInvitation } from '../../accounts/people/accept-invitation.ts'
import { answerSecondFactor } from '../../accounts/people/answer-second-factor.ts'
import { endSession } from '../../accounts/people/end-session.ts'
import { limited } from '../../accounts/people/limited.ts'
import { isOidcReady } from '../../accounts/people/oidc.ts'
import { needsOwner } from '../../accounts/people/owner-link.ts'
import { readInvitation } from '../../accounts/people/read-invitation.ts'
import { signIn } from '../../accounts/people/sign-in.ts'
import { Fault } from '../../core/errors.ts'
import { version } from '../../core/version.ts'
import { requestOrigin } from '../request-origin.ts'
import { meRoutes } from './me.ts'
import { route } from './route.ts'
import { role } from './schemas.ts'
import { signedInReply, signedOutReply } from './signed-in-reply.ts'

const tag = 'people'
const token = z.string().max(100).describe('What follows the # in the link.')
/** Longer than any that is taken, so that what is too long is told by the use case. */
const typed = z.string().max(400)
const signedIn = z.object({ status: z.literal('signed_in') })

export const peopleRoutes = [
  route({
    method: 'get',
    path: '/setup',
    summary: 'What a sign-in page has to know.',
    tag,
    may: 'open',
    answer: z.object({
      needsOwner: z.boolean().describe('Nobody owns this ClawLink yet: its start printed a link for that.'),
      oidc: z.object({ label: z.string() }).nullable(),
      version: z.string(),
    }),
    run: async ({ app: { db, config, workspaceId } }) => ({
      needsOwner: await needsOwner(db, workspaceId),
      oidc: isOidcReady(config) ? { label: config.oidcLabel } : null,
      version,
    }),
  }),
  route({
    method: 'post',
    path: '/invitations/read',
    summary: 'What an invitation offers.',
    tag,
    may: 'open',
    body: z.strictObject({ token }),
    answer: z.object({
      workspace: z.string(),
      role,
      email: z.string().nullable().describe('Only the person of this address may accept.'),
      accountExists: z.boolean().describe('That person has an account, and signs in first.'),
    }),
    run: ({ app, body, incoming }) =>
      limited(app, requestOrigin(app, incoming), () => readInvitation(app.db, app.clock.now(), body.token)),
  }),
  route({
    method: 'post',
    path: '/invitations/accept',
    summary: 'Accept an invitation: with a new account, or as who is signed in.',
    tag,
    may: 'open',
    body: z.strictObject({ token, email: typed.optional(), name: typed.optional(), password: typed.optional() }),
    answer: signedIn,
    async run({ app, principal, body, incoming }) {
      const origin = requestOrigin(app, incoming)
      if (!principal)
        return signedInReply(app, await limited(app, origin, () => acceptAsNewPerson(app, { ...body, origin })))
      const refused = await limited(app, origin, () =>
        acceptInvitation(app, { person: principal, token: body.token, origin }),
      )
      return refused ?? { status: 'signed_in' as const }
    },
  }),
  route({
    method: 'post',
    path: '/sign-in',
    summary: 'Sign in with email and password.',
    tag,
    may: 'open',
    body: z.strictObject({ email: typed, password: typed }),
    answer: z.union([signedIn, z.object({ status: z.literal('second_factor'), challenge: z.string() })]),
    async run({ app, body, incoming }) {
      const origin = requestOrigin(app, incoming)
      const done = await limited(app, origin, () => signIn(app, { ...body, origin }))
      if (done instanceof Fault || done.status === 'signed_in') return signedInReply(app, done)
      return { status: done.status, challenge: done.challenge.reveal() }
    },
  }),
  route({
    method: 'post',
    path: '/sign-in/second-factor',
    summary: 'The second half of a sign-in: a one-time code, or a recovery code.',
    tag,
    may: 'open',
    body: z.strictObject({ challenge: z.string().max(100), code: z.string().max(50) }),
    answer: signedIn,
    async run({ app, body, incoming }) {
      const origin = requestOrigin(app, incoming)
      return signedInReply(app, await limited(app, origin, () => answerSecondFactor(app, { ...body, origin })))
    },
  }),
  route({
    method: 'post',
    path: '/sign-out',
    summary: 'End this session.',
    tag,
    may: 'person',
    answer: z.object({ status: z.literal('signed_out') }),
    async run({ app, principal, incoming }) {
      const { address } = requestOrigin(app, incoming)
      // Ended elsewhere at the same moment is ended all the same.
      await endSession(app.db, app.clock.now(), { person: principal, address })
      app.memory.sessions.clear()
      return signedOutReply(app)
    },
  }),
  ...meRoutes,
]
