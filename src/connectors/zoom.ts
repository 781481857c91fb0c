import * as z from 'zod'
import { clientCredentials, connector, cursor, oauth2, tool } from '../catalog/define.ts'

const user = { user_id: z.string().describe('me, or the id or email of a person of the account') }
const meeting = { meeting_id: z.string().describe('Number of the meeting, as text') }
const page_size = z.int().min(1).max(300).optional()
const next = cursor('next_page_token', 'next_page_token')
const fields = {
  start_time: z.string().optional().describe('2026-03-01T09:00:00Z, or without Z in the timezone'),
  duration: z.int().min(1).optional().describe('In minutes'),
  timezone: z.string().optional().describe('Such as Europe/Berlin'),
  agenda: z.string().max(2000).optional(),
}
const scopes = [
  'user:read:user',
  'meeting:read:meeting',
  'meeting:read:list_meetings',
  'meeting:write:meeting',
  'meeting:update:meeting',
  'meeting:delete:meeting',
]

/** Zoom's API v2: https://developers.zoom.us/docs/api/. */
export const zoom = connector({
  name: 'Zoom',
  about: 'List, make, change and cancel Zoom meetings (video calls).',
  category: 'meetings',
  auth: [
    clientCredentials({
      label: 'Server-to-Server OAuth app',
      console: 'https://marketplace.zoom.us/develop/create',
      advice: `Make a Server-to-Server OAuth app, give it the scopes ${scopes.join(', ')} (those that end in :admin, if only they are offered) and activate it.`,
      fields: { account_id: { label: 'Account id', hint: 'Beside the client id of the app.' } },
      token: 'https://zoom.us/oauth/token',
      clientAuth: 'basic',
      tokenParams: { grant_type: 'account_credentials', account_id: '{account_id}' },
      scopes: [],
      lifetimeS: 3600,
    }),
    oauth2({
      label: 'Zoom account',
      console: 'https://marketplace.zoom.us/develop/create',
      advice: `Make a General app that its users manage, and add the scopes ${scopes.join(', ')} to it.`,
      authorize: 'https://zoom.us/oauth/authorize',
      // Zoom asks for what was added to the app, and refuses several scopes in the URL as invalid.
      authorizeParams: { scope: '' },
      token: 'https://zoom.us/oauth/token',
      revoke: 'https://zoom.us/oauth/revoke',
      clientAuth: 'basic',
      scopes,
      lifetimeS: 3600,
    }),
  ],
  account: { request: 'GET /users/me', id: 'id', label: 'email' },
  api: {
    base: 'https://api.zoom.us/v2',
    version: 'v2',
    errors: [
      { status: 400, body: ['code', 4711], code: 'missing_scope' },
      { status: 400, body: ['errors', true], code: 'validation_error', message: 'errors' },
      { status: 401, body: ['code', 124], code: 'authentication_failed' },
      // Of a person or the account, until midnight in UTC.
      { status: 429, body: ['message', /daily rate limit/], code: 'quota_exceeded' },
    ],
    message: ['message'],
    omit: /^(pic_url|host_key|pmi)$/,
  },
  sources: { meeting_id: 'list_meetings' },
  tools: () => ({
    list_meetings: tool({
      about: 'List the Zoom meetings of a person: scheduled, live, upcoming or past ones.',
      input: {
        ...user,
        type: z.enum(['scheduled', 'live', 'upcoming', 'upcoming_meetings', 'previous_meetings']).optional(),
        page_size,
      },
      request: 'GET /users/{user_id}/meetings{?type,page_size}',
      page: next,
      pick: 'meetings',
    }),
    get_meeting: tool({
      about: 'Read one Zoom meeting: when it is, how to join, its settings.',
      input: meeting,
      request: 'GET /meetings/{meeting_id}',
    }),
    create_meeting: tool({
      about: 'Make a Zoom meeting for a person and get the link to join it. Each call makes another one.',
      input: {
        ...user,
        topic: z.string().min(1).max(200),
        type: z.union([z.literal(1), z.literal(2)]).describe('1 starts at once, 2 is scheduled'),
        ...fields,
      },
      request: 'POST /users/{user_id}/meetings',
    }),
    update_meeting: tool({
      about: 'Change a Zoom meeting: its topic, when it is, how long it lasts.',
      input: { ...meeting, topic: z.string().min(1).max(200).optional(), ...fields },
      request: 'PATCH /meetings/{meeting_id}',
      idempotency: 'natural',
    }),
    delete_meeting: tool({
      about: 'Delete (cancel) a Zoom meeting.',
      input: {
        ...meeting,
        cancel_meeting_reminder: z.boolean().optional().describe('true mails those who registered'),
      },
      request: 'DELETE /meetings/{meeting_id}{?cancel_meeting_reminder}',
    }),
  }),
})
