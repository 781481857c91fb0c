import * as z from 'zod'
import { apiKey, connector, tool } from '../catalog/define.ts'

const people = z.array(z.string()).min(1).max(50).describe('ada@example.com or "Ada <ada@example.com>"')

/** Resend's API: https://resend.com/docs/api-reference. */
export const resend = connector({
  name: 'Resend',
  about: 'Send mail by Resend, see what became of it, and list the domains it may come from.',
  category: 'mail',
  auth: [
    apiKey({
      label: 'API key',
      console: 'https://resend.com/api-keys',
      advice: 'Make a key with full access: one for sending alone cannot be checked, nor read what was sent.',
      example: 're_…',
    }),
  ],
  account: { request: 'GET /domains' },
  api: {
    base: 'https://api.resend.com',
    errors: [
      { status: 401, body: ['name', 'restricted_api_key'], code: 'missing_scope' },
      { status: 403, body: ['name', 'invalid_api_key'], code: 'authentication_failed' },
      // What a key that was revoked really gets, whatever the reference says.
      { status: 400, body: ['message', 'API key is invalid'], code: 'authentication_failed' },
      { status: 409, body: ['name', 'invalid_idempotent_request'], code: 'idempotency_conflict' },
      { status: 422, code: 'validation_error' },
      // Of a day, a month or an account: they do not pass by waiting for the next second.
      { status: 429, body: ['name', /_quota_exceeded$/], code: 'quota_exceeded' },
      { status: 429, code: 'rate_limited' },
    ],
    retry: [{ header: 'ratelimit-reset', unit: 'delta_s', when: ['ratelimit-remaining', '0'] }],
    // https://resend.com/docs/api-reference/rate-limit
    hears: [
      { kind: 'plain', left: 'ratelimit-remaining', reset: 'ratelimit-reset', unit: 'delta_s', max: 'ratelimit-limit' },
    ],
    message: ['message'],
    omit: /^object$/,
  },
  sources: { from: 'list_domains' },
  tools: () => ({
    send_email: tool({
      about: 'Send a mail (email) by Resend, now or later. It cannot be called back.',
      input: {
        from: z.string().describe('"Name <you@your-domain.example>", of a verified domain'),
        to: people,
        cc: people.optional(),
        reply_to: people.optional(),
        subject: z.string().min(1),
        text: z.string().optional(),
        html: z.string().optional().describe('html or text is needed'),
        scheduled_at: z.iso.datetime().optional(),
      },
      request: 'POST /emails',
      idempotency: { header: 'Idempotency-Key' },
    }),
    get_email: tool({
      about: 'Read one mail that was sent by Resend: its text and what became of it.',
      input: { email_id: z.string() },
      request: 'GET /emails/{email_id}',
    }),
    cancel_email: tool({
      about: 'Cancel a mail that Resend was to send later.',
      input: { email_id: z.string() },
      request: 'POST /emails/{email_id}/cancel',
      idempotency: 'natural',
    }),
    list_domains: tool({
      about: 'List the domains that mail by Resend may come from, and whether they are verified.',
      input: {},
      request: 'GET /domains',
      pick: 'data',
    }),
  }),
})
