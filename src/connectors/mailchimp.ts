import * as z from 'zod'
import { basic, connector, oauth2, offset, tool } from '../catalog/define.ts'

const list = { list_id: z.string().describe('Id of the audience') }
const sized = { count: z.int().min(1).max(1000).optional().describe('10 unless told') }
// https://mailchimp.com/developer/marketing/docs/methods-parameters/#pagination
const page = offset('offset', { total: 'total_items', size: { param: 'count', default: 10 } })

/** Mailchimp's Marketing API 3.0: https://mailchimp.com/developer/marketing/api/. */
export const mailchimp = connector({
  name: 'Mailchimp',
  about: 'Audiences, subscribers and campaigns of Mailchimp.',
  category: 'marketing',
  auth: [
    basic({
      label: 'API key',
      console: 'https://us1.admin.mailchimp.com/account/api/',
      advice: 'Under Extras > API keys, create a key: it may do all that the account may do.',
      user: 'clawlink',
      fields: {
        secret: { label: 'API key', secret: true, example: '…-us21' },
        dc: {
          label: 'Data center',
          hint: 'What stands after the dash in the key.',
          example: 'us21',
          matches: /[a-z]{2,3}\d{1,3}/,
        },
      },
    }),
    oauth2({
      label: 'Mailchimp account',
      console: 'https://us1.admin.mailchimp.com/account/oauth2/',
      authorize: 'https://login.mailchimp.com/oauth2/authorize',
      token: 'https://login.mailchimp.com/oauth2/token',
      pkce: 'off',
      scopes: [],
      // The name that Mailchimp's own guide gives the scheme for the address that tells the data center; the API takes it too.
      place: { headers: { authorization: 'OAuth {access_token}' } },
      after: [{ url: 'https://login.mailchimp.com/oauth2/metadata', keep: { dc: 'dc' } }],
    }),
  ],
  account: { request: 'GET /', id: 'account_id', label: 'account_name' },
  api: {
    base: 'https://{dc}.api.mailchimp.com/3.0',
    version: '3.0',
    errors: [
      { status: 400, body: ['title', 'Member Exists'], code: 'conflict' },
      { status: 400, body: ['errors', true], code: 'validation_error', message: 'errors' },
      { status: 429, code: 'rate_limited', waitMs: 10_000 },
    ],
    message: ['detail', 'title'],
    omit: /^(_links|merge_fields_order|unique_email_id|web_id)$/,
  },
  sources: { list_id: 'list_audiences', campaign_id: 'list_campaigns' },
  tools: () => ({
    list_audiences: tool({
      about: 'List the audiences (mailing lists) of Mailchimp with how many subscribers each has.',
      input: sized,
      request: 'GET /lists{?count}',
      page,
      pick: 'lists',
    }),
    list_subscribers: tool({
      about: 'List the subscribers (members) of a Mailchimp audience.',
      input: {
        ...list,
        status: z.enum(['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional']).optional(),
        since_last_changed: z.iso.datetime().optional(),
        ...sized,
      },
      request: 'GET /lists/{list_id}/members{?status,since_last_changed,count}',
      page,
      pick: 'members',
    }),
    search_subscribers: tool({
      about: 'Search the subscribers of Mailchimp by email or name.',
      input: { query: z.string().min(1), list_id: z.string().optional() },
      request: 'GET /search-members{?query,list_id}',
    }),
    add_subscriber: tool({
      about: 'Add a person to a Mailchimp audience. Only with their consent; pending mails them to confirm it.',
      input: {
        ...list,
        email_address: z.email(),
        status: z.enum(['subscribed', 'pending']),
        merge_fields: z.record(z.string(), z.string()).optional().describe('Such as FNAME and LNAME'),
        tags: z.array(z.string()).optional(),
      },
      request: 'POST /lists/{list_id}/members',
    }),
    list_campaigns: tool({
      about: 'List the campaigns (newsletters) of Mailchimp: drafts, scheduled and sent ones.',
      input: {
        status: z.enum(['save', 'paused', 'schedule', 'sending', 'sent']).optional().describe('save is a draft'),
        ...sized,
      },
      request: 'GET /campaigns{?status,count}',
      page,
      pick: 'campaigns',
    }),
    get_campaign_report: tool({
      about: 'Read the report of a sent Mailchimp campaign: opens, clicks, bounces, unsubscribes.',
      input: { campaign_id: z.string() },
      request: 'GET /reports/{campaign_id}',
    }),
  }),
})
