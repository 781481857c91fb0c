import * as z from 'zod'
import { basic, bodyLink, connector, cursor, oauth2, tool } from '../catalog/define.ts'

const ticketId = { ticket_id: z.int().min(1) }
const comment = z.strictObject({
  body: z.string().min(1),
  public: z.boolean().optional().describe('false for an internal note; true is mailed to the requester'),
})
const fields = {
  priority: z.enum(['low', 'normal', 'high', 'urgent']).optional(),
  status: z.enum(['new', 'open', 'pending', 'hold', 'solved', 'closed']).optional(),
  assignee_id: z.int().optional(),
  tags: z.array(z.string()).optional().describe('Replaces all tags'),
}

// https://developer.zendesk.com/api-reference/introduction/pagination/
const next = cursor('page[after]', 'meta.after_cursor', { more: 'meta.has_more' })

/** Zendesk's Support API v2: https://developer.zendesk.com/api-reference/. */
export const zendesk = connector({
  name: 'Zendesk',
  about: 'Search, read, make, answer and change the support tickets of a Zendesk account, and find its users.',
  category: 'support',
  auth: [
    basic({
      label: 'API token',
      advice:
        'In the Admin Center open Apps and integrations > APIs > API tokens, allow token access and add a token. ' +
        'It may do all that the agent with this email may do.',
      user: '{email}/token',
      fields: {
        email: { label: 'Email of an agent', example: 'ada@example.com', matches: /[^\s@:]+@[^\s@:]+/ },
        secret: { label: 'API token', secret: true },
      },
    }),
    oauth2({
      label: 'Zendesk account',
      console: 'https://support.zendesk.com/hc/en-us/articles/4408845965210',
      authorize: 'https://{subdomain}.zendesk.com/oauth/authorizations/new',
      token: 'https://{subdomain}.zendesk.com/oauth/tokens',
      // Zendesk wants the scope named again when the code is handed in: what the token may do is said there.
      tokenParams: { scope: '{scopes}' },
      body: 'json',
      scopes: ['read', 'write'],
    }),
  ],
  inputs: {
    subdomain: {
      label: 'Subdomain',
      hint: 'What stands before .zendesk.com in the address of your Zendesk.',
      example: 'acme',
      matches: /[A-Za-z0-9][A-Za-z0-9-]*/,
    },
  },
  account: { request: 'GET /users/me.json', id: 'user.id', label: 'user.email' },
  api: {
    base: 'https://{subdomain}.zendesk.com/api/v2',
    version: 'v2',
    errors: [
      { status: 403, body: ['description', /missing the following required scopes/i], code: 'missing_scope' },
      { status: 422, code: 'validation_error', message: 'details' },
    ],
    retry: [{ header: 'ratelimit-reset', unit: 'delta_s', when: ['ratelimit-remaining', '0'] }],
    // https://developer.zendesk.com/api-reference/introduction/rate-limits/
    hears: [
      { kind: 'plain', left: 'ratelimit-remaining', reset: 'ratelimit-reset', unit: 'delta_s', max: 'ratelimit-limit' },
    ],
    message: ['description', 'error.message', 'error'],
    omit: /^(url|via|fields|custom_fields|photo|sharing_agreement_ids|followup_ids)$/,
  },
  sources: { ticket_id: 'search' },
  tools: () => ({
    search: tool({
      about: 'Search Zendesk tickets, users and organizations: "type:ticket status<solved printer".',
      input: {
        query: z.string().min(1).describe('Words and type:, status:, requester:, tags:, created> and the like'),
        sort_by: z.enum(['updated_at', 'created_at', 'priority', 'status', 'ticket_type']).optional(),
        sort_order: z.enum(['asc', 'desc']).optional(),
      },
      request: 'GET /search.json{?query,sort_by,sort_order}',
      page: bodyLink('next_page'),
      pick: 'results',
    }),
    list_tickets: tool({
      about: 'List the support tickets of Zendesk, last updated first.',
      input: {},
      request: 'GET /tickets?page[size]=50&sort=-updated_at',
      page: next,
      pick: 'tickets',
    }),
    get_ticket: tool({
      about: 'Read one Zendesk ticket. What was said in it comes from list_ticket_comments.',
      input: ticketId,
      request: 'GET /tickets/{ticket_id}',
      pick: 'ticket',
    }),
    list_ticket_comments: tool({
      about: 'Read the conversation of a Zendesk ticket: its comments and internal notes, oldest first.',
      input: ticketId,
      request: 'GET /tickets/{ticket_id}/comments?page[size]=50',
      page: next,
      pick: 'comments',
    }),
    create_ticket: tool({
      about: 'Open a new support ticket in Zendesk for a customer, who is mailed about it.',
      input: {
        ticket: z.strictObject({
          subject: z.string().min(1),
          comment,
          requester: z.strictObject({ name: z.string(), email: z.email() }).optional().describe('Me unless told'),
          ...fields,
        }),
      },
      request: 'POST /tickets',
      idempotency: { header: 'Idempotency-Key' },
      pick: 'ticket',
    }),
    update_ticket: tool({
      about: 'Answer or change a Zendesk ticket: add a comment or note, set its status, priority, assignee or tags.',
      input: { ...ticketId, ticket: z.strictObject({ comment: comment.optional(), ...fields }) },
      request: 'PUT /tickets/{ticket_id}',
      // A comment would be added each time.
      idempotency: 'none',
      pick: 'ticket',
    }),
  }),
})
