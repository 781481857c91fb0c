import * as z from 'zod'
import { apiKey, connector, cursor, oauth2, tool } from '../catalog/define.ts'

const channel = { channel: z.string().describe('Id such as C0123ABCD; of a direct message D…, not that of the person') }
const addressee = z.string().describe('Id such as C0123ABCD; for a direct message the id of a person')
const ts = z.string().describe('Timestamp of a message, which is its id; keep every digit')
const page = { limit: z.int().min(1).max(999).optional() }
const message = z.object({ ts: z.string(), user: z.string().optional(), text: z.string().optional() })
const user = z.object({ id: z.string(), name: z.string().optional() })
const posted = z.object({ channel: z.string(), ts: z.string() })
const scopes = [
  'channels:read',
  'channels:history',
  'groups:read',
  'groups:history',
  'im:read',
  'im:history',
  'mpim:read',
  'mpim:history',
  'chat:write',
  'reactions:write',
  'users:read',
  'users:read.email',
]
const authorize = 'https://slack.com/oauth/v2/authorize'
const shared = {
  console: 'https://api.slack.com/apps',
  authorize,
  token: 'https://slack.com/api/oauth.v2.access',
  revoke: { url: 'https://slack.com/api/auth.revoke', by: 'bearer' },
  // With PKCE switched on, Slack turns an app into a public one for good.
  pkce: 'off',
  scopeSeparator: ',',
} as const

/** Slack's Web API: https://docs.slack.dev/reference/methods. It answers failures with HTTP 200 and `ok: false`. */
export const slack = connector({
  name: 'Slack',
  about: 'Read channels, threads and people of a Slack workspace, and post messages and reactions.',
  category: 'chat',
  auth: [
    apiKey({
      label: 'bot token',
      console: 'https://api.slack.com/apps',
      advice:
        `Create an app from scratch. Under OAuth & Permissions give the bot ${scopes.join(', ')}, install it to the workspace and ` +
        'copy the Bot User OAuth Token. Invite the bot into the channels that agents need. A user token (xoxp-) works too.',
      example: 'xoxb-…',
    }),
    oauth2({
      ...shared,
      label: 'Add to Slack (as a bot)',
      scopes,
      answer: { good: ['ok', true], error: 'error' },
      keep: { team_id: 'team.id', team: 'team.name', bot_user_id: 'bot_user_id' },
    }),
    oauth2({
      ...shared,
      id: 'user',
      label: 'Slack as myself',
      names: { scope: 'user_scope' },
      scopes,
      answer: {
        good: ['ok', true],
        error: 'error',
        accessToken: 'authed_user.access_token',
        refreshToken: 'authed_user.refresh_token',
        expiresIn: 'authed_user.expires_in',
        scope: 'authed_user.scope',
      },
      keep: { team_id: 'team.id', team: 'team.name', user_id: 'authed_user.id' },
    }),
  ],
  account: {
    request: 'POST /auth.test',
    body: {},
    id: 'user_id',
    label: 'team',
    keep: { team_id: 'team_id', url: 'url' },
  },
  api: {
    base: 'https://slack.com/api',
    errors: [
      { status: 429, code: 'rate_limited' },
      { status: 200, body: ['error', /^rate_?limited$/], code: 'rate_limited', waitMs: 60_000 },
      {
        status: 200,
        body: ['error', /^(invalid_auth|not_authed|token_revoked|token_expired|account_inactive)$/],
        code: 'authentication_failed',
      },
      { status: 200, body: ['error', 'missing_scope'], code: 'missing_scope', message: 'needed' },
      {
        status: 200,
        body: ['error', /^(not_in_channel|restricted_action(_\w+)?|(ekm_)?access_denied|no_permission)$/],
        code: 'permission_denied',
      },
      { status: 200, body: ['error', /_not_found$/], code: 'not_found' },
      { status: 200, body: ['error', /^already_/], code: 'conflict' },
      {
        status: 200,
        body: ['error', /^(internal_error|fatal_error|service_unavailable|request_timeout)$/],
        code: 'provider_unavailable',
        unsure: true,
      },
      {
        status: 200,
        body: ['error', /^invalid_(arguments|blocks)$/],
        code: 'validation_error',
        message: 'response_metadata.messages',
      },
      { status: 200, body: ['ok', false], code: 'validation_error' },
    ],
    // https://docs.slack.dev/apis/web-api/rate-limits: by method, in tiers. Messages are limited by channel beside that.
    limits: [
      { requests: 20, windowS: 60, tools: ['list_channels', 'list_users'], each: true },
      {
        requests: 50,
        windowS: 60,
        tools: [
          'read_channel',
          'read_thread',
          'update_message',
          'delete_message',
          'add_reaction',
          'find_user_by_email',
        ],
        each: true,
      },
    ],
    message: ['error'],
  },
  sources: { channel: 'list_channels' },
  tools: () => ({
    list_channels: tool({
      about: 'List the channels (conversations) of a Slack workspace with their ids.',
      input: {
        types: z.string().optional().describe('Comma-separated: public_channel, private_channel, mpim, im'),
        exclude_archived: z.boolean().optional(),
        ...page,
      },
      request: 'GET /conversations.list{?types,exclude_archived,limit}',
      page: cursor('cursor', 'response_metadata.next_cursor'),
      pick: 'channels',
      output: z.array(z.object({ id: z.string(), name: z.string().optional() })),
    }),
    read_channel: tool({
      about: 'Read the messages of a Slack channel or direct message, newest first. Replies come from read_thread.',
      input: {
        ...channel,
        oldest: z.string().optional().describe('Only messages after this timestamp'),
        latest: z.string().optional(),
        ...page,
      },
      request: 'GET /conversations.history{?channel,oldest,latest,limit}',
      page: cursor('cursor', 'response_metadata.next_cursor'),
      pick: 'messages',
      output: z.array(message),
    }),
    read_thread: tool({
      about: 'Read a thread of a Slack channel: a message and the replies to it, oldest first.',
      input: { ...channel, ts, ...page },
      request: 'GET /conversations.replies{?channel,ts,limit}',
      page: cursor('cursor', 'response_metadata.next_cursor'),
      pick: 'messages',
      output: z.array(message),
    }),
    send_message: tool({
      about: 'Post (send) a message to a Slack channel, person or thread. Each call posts another one.',
      input: {
        channel: addressee,
        text: z.string().min(1).max(40_000).describe('Slack mrkdwn: *bold*, <https://x.example|link>, <@U123>'),
        thread_ts: ts.optional().describe('Reply in the thread of this message'),
      },
      request: 'POST /chat.postMessage',
      output: posted,
    }),
    update_message: tool({
      about: 'Edit the text of a message that this account posted in Slack.',
      input: { ...channel, ts, text: z.string().min(1) },
      request: 'POST /chat.update',
      idempotency: 'natural',
      output: posted,
    }),
    delete_message: tool({
      about: 'Delete a message that this account posted in Slack.',
      input: { ...channel, ts },
      request: 'POST /chat.delete',
      effect: 'destructive',
      idempotency: 'natural',
    }),
    add_reaction: tool({
      about: 'React to a Slack message with an emoji.',
      input: { ...channel, timestamp: ts, name: z.string().describe('Name of the emoji without colons') },
      request: 'POST /reactions.add',
    }),
    list_users: tool({
      about: 'List the people of a Slack workspace with their ids and names.',
      input: page,
      request: 'GET /users.list{?limit}',
      page: cursor('cursor', 'response_metadata.next_cursor'),
      pick: 'members',
      output: z.array(user),
    }),
    find_user_by_email: tool({
      about: 'Find the person of a Slack workspace who has this email address.',
      input: { email: z.email() },
      request: 'GET /users.lookupByEmail{?email}',
      pick: 'user',
      output: user,
    }),
  }),
})
