import * as z from 'zod'
import { invite } from '../../accounts/people/invite.ts'
import { listInvitations } from '../../accounts/people/list-invitations.ts'
import { linkOf } from '../../accounts/people/owner-link.ts'
import { takeBackInvitation } from '../../accounts/people/take-back-invitation.ts'
import { Fault } from '../../core/errors.ts'
import { clientAddress } from '../client-address.ts'
import { route } from './route.ts'
import { role } from './schemas.ts'

const tag = 'members'

export const invitationRoutes = [
  route({
    method: 'get',
    path: '/invitations',
    summary: 'List the invitations that can still be accepted.',
    tag,
    may: 'members.change',
    answer: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          role,
          email: z.string().nullable(),
          createdBy: z.string().nullable().describe('Name of the person; null for the command line.'),
          createdAt: z.string(),
          expiresAt: z.string(),
        }),
      ),
    }),
    run: async ({ app, principal }) => ({
      items: await listInvitations(app.db, principal.workspaceId, app.clock.now()),
    }),
  }),
  route({
    method: 'post',
    path: '/invitations',
    summary: 'Invite somebody, with a role up to one’s own. The link is shown once.',
    tag,
    may: 'members.change',
    status: 201,
    body: z.strictObject({
      role,
      email: z.string().max(400).optional().describe('Only the person of this address may accept.'),
    }),
    answer: z.object({
      id: z.string(),
      role,
      email: z.string().nullable(),
      expiresAt: z.string(),
      link: z.string().describe('Works once. Shown only now.'),
    }),
    async run({ app, principal, body, incoming }) {
      const made = await invite(app.db, app.clock.now(), {
        by: principal,
        ...body,
        address: clientAddress(app, incoming),
      })
      if (made instanceof Fault) return made
      const { id, role, email, expires_at } = made.row
      const link = linkOf(app.url(), 'invite', made.token)
      return { id, role, email: email || null, expiresAt: new Date(expires_at).toISOString(), link }
    },
  }),
  route({
    method: 'delete',
    path: '/invitations/{id}',
    summary: 'Take an invitation back.',
    tag,
    may: 'members.change',
    answer: z.object({ id: z.string() }),
    async run({ app, principal, params, incoming }) {
      const { id } = params
      const address = clientAddress(app, incoming)
      return (await takeBackInvitation(app.db, app.clock.now(), { by: principal, id, address })) ?? { id }
    },
  }),
]
