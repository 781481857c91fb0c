import * as z from 'zod'
import { changePassword } from '../../accounts/people/change-password.ts'
import { confirmTwoFactor } from '../../accounts/people/confirm-two-factor.ts'
import { describePerson } from '../../accounts/people/describe-person.ts'
import { endSession } from '../../accounts/people/end-session.ts'
import { limited } from '../../accounts/people/limited.ts'
import { listSessions } from '../../accounts/people/list-sessions.ts'
import { removeTwoFactor } from '../../accounts/people/remove-two-factor.ts'
import { renamePerson } from '../../accounts/people/rename-person.ts'
import { startTwoFactor } from '../../accounts/people/start-two-factor.ts'
import { requestOrigin } from '../request-origin.ts'
import { route } from './route.ts'
import { role } from './schemas.ts'

const tag = 'people'
const typed = z.string().max(400)

/** What signed-in people do with their own account. */
export const meRoutes = [
  route({
    method: 'get',
    path: '/me',
    summary: 'Who is signed in, and in which workspaces.',
    tag,
    may: 'person',
    answer: z.object({
      person: z.object({
        id: z.string(),
        email: z.string(),
        name: z.string(),
        twoFactor: z.boolean(),
        hasPassword: z.boolean().describe('False for who signs in elsewhere only.'),
      }),
      workspaces: z.array(z.object({ id: z.string(), name: z.string(), role })),
      session: z.object({ id: z.string() }),
    }),
    run: ({ app, principal }) => describePerson(app.db, principal),
  }),
  route({
    method: 'patch',
    path: '/me',
    summary: 'Change one’s own name.',
    tag,
    may: 'person',
    body: z.strictObject({ name: typed }),
    answer: z.object({ id: z.string(), name: z.string() }),
    run: ({ app, principal, body, incoming }) =>
      renamePerson(app, principal, { ...body, origin: requestOrigin(app, incoming) }),
  }),
  route({
    method: 'post',
    path: '/me/password',
    summary: 'Change one’s own password. Every other session ends.',
    tag,
    may: 'person',
    body: z.strictObject({ current: typed, next: typed }),
    answer: z.object({ sessionsEnded: z.number() }),
    run({ app, principal, body, incoming }) {
      const origin = requestOrigin(app, incoming)
      return limited(app, origin, () => changePassword(app, principal, { ...body, origin }))
    },
  }),
  route({
    method: 'post',
    path: '/me/totp',
    summary: 'Begin to use an authenticator app. It counts once a code is confirmed.',
    tag,
    may: 'person',
    body: z.strictObject({ password: typed }),
    answer: z.object({ secret: z.string(), uri: z.string().describe('For a QR code.') }),
    run({ app, principal, body, incoming }) {
      const origin = requestOrigin(app, incoming)
      return limited(app, origin, () => startTwoFactor(app, principal, { ...body, origin }))
    },
  }),
  route({
    method: 'post',
    path: '/me/totp/confirm',
    summary: 'Turn one-time codes on with a first code. Every other session ends.',
    tag,
    may: 'person',
    body: z.strictObject({ code: z.string().max(50) }),
    answer: z.object({ recoveryCodes: z.array(z.string()).describe('Each works once. Shown only now.') }),
    run({ app, principal, body, incoming }) {
      const origin = requestOrigin(app, incoming)
      return limited(app, origin, () => confirmTwoFactor(app, principal, { ...body, origin }))
    },
  }),
  route({
    method: 'post',
    path: '/me/totp/remove',
    summary: 'Turn one-time codes off. Every other session ends.',
    tag,
    may: 'person',
    body: z.strictObject({ password: typed }),
    answer: z.object({ twoFactor: z.literal(false) }),
    async run({ app, principal, body, incoming }) {
      const origin = requestOrigin(app, incoming)
      const refused = await limited(app, origin, () => removeTwoFactor(app, principal, { ...body, origin }))
      return refused ?? { twoFactor: false as const }
    },
  }),
  route({
    method: 'get',
    path: '/me/sessions',
    summary: 'List the browsers in which one is signed in.',
    tag,
    may: 'person',
    answer: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          address: z.string(),
          client: z.string().describe('What the browser says of itself.'),
          createdAt: z.string(),
          lastSeenAt: z.string().describe('As of at most five minutes ago.'),
          current: z.boolean(),
        }),
      ),
    }),
    run: async ({ app, principal }) => ({ items: await listSessions(app.db, principal, app.clock.now()) }),
  }),
  route({
    method: 'delete',
    path: '/me/sessions/{id}',
    summary: 'Sign out in another browser.',
    tag,
    may: 'person',
    answer: z.object({ id: z.string() }),
    async run({ app, principal, params, incoming }) {
      const { address } = requestOrigin(app, incoming)
      const refused = await endSession(app.db, app.clock.now(), { person: principal, id: params.id, address })
      app.memory.sessions.clear()
      return refused ?? { id: params.id }
    },
  }),
]
