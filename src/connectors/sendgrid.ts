import * as z from 'zod'
import { apiKey, bodyLink, connector, offset, tool } from '../catalog/define.ts'

const person = z.strictObject({ email: z.email(), name: z.string().optional() })
const content = z.strictObject({ type: z.enum(['text/plain', 'text/html']), value: z.string().min(1) })

/** SendGrid's API v3: https://www.twilio.com/docs/sendgrid/api-reference. */
export const sendgrid = connector({
  name: 'SendGrid',
  about: 'Send mail by SendGrid, and see its templates, senders and bounces.',
  category: 'mail',
  auth: [
    apiKey({
      label: 'API key',
      console: 'https://app.sendgrid.com/settings/api_keys',
      advice: 'Make a key with restricted access: Mail Send in full, and read on Template Engine and Suppressions.',
      example: 'SG.…',
    }),
  ],
  account: { request: 'GET /scopes' },
  api: {
    base: 'https://api.sendgrid.com/v3',
    version: 'v3',
    errors: [
      // The plan is used up; the key is as good as before.
      { status: 401, body: ['errors.0.message', /^maximum credits exceeded/i], code: 'quota_exceeded' },
      { status: 429, code: 'rate_limited' },
    ],
    retry: [{ header: 'x-ratelimit-reset', unit: 'epoch_s', when: ['x-ratelimit-remaining', '0'] }],
    // https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits: each endpoint has its own.
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
        unit: 'epoch_s',
        max: 'x-ratelimit-limit',
        each: true,
      },
    ],
    message: ['errors.0.message'],
  },
  sources: { template_id: 'list_templates' },
  tools: () => ({
    send_mail: tool({
      about: 'Send a mail (email) by SendGrid. Each call sends another one; it cannot be called back.',
      input: {
        personalizations: z
          .array(
            z.strictObject({
              to: z.array(person).min(1),
              cc: z.array(person).optional(),
              dynamic_template_data: z.record(z.string(), z.unknown()).optional(),
            }),
          )
          .min(1)
          .describe('One mail each'),
        from: person.describe('A verified sender'),
        reply_to: person.optional(),
        subject: z.string().min(1),
        content: z.array(content).optional().describe('text/plain first; needed unless there is a template'),
        template_id: z.string().optional(),
      },
      request: 'POST /mail/send',
    }),
    list_templates: tool({
      about: 'List the dynamic templates of SendGrid with their ids.',
      input: {},
      request: 'GET /templates?generations=dynamic&page_size=100',
      page: bodyLink('_metadata.next'),
      pick: 'result',
    }),
    list_senders: tool({
      about: 'List the verified senders of SendGrid: the addresses that mail may come from.',
      input: {},
      request: 'GET /verified_senders',
      pick: 'results',
    }),
    list_bounces: tool({
      about: 'List the addresses whose mail bounced at SendGrid, with the reasons.',
      input: {
        start_time: z.int().optional().describe('Seconds since 1970'),
        end_time: z.int().optional(),
      },
      request: 'GET /suppression/bounces?limit=100{?start_time,end_time}',
      page: offset('offset', { size: { param: 'limit', default: 100 } }),
    }),
    delete_bounce: tool({
      about: 'Take an address off the bounces of SendGrid, so that mail is sent to it again.',
      input: { email: z.email() },
      request: 'DELETE /suppression/bounces/{email}',
    }),
  }),
})
