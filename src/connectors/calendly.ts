import * as z from 'zod'
import { apiKey, connector, cursor, oauth2, tool } from '../catalog/define.ts'

const user = z.string().describe('URI of a person: that of whoami for me')
const count = z.int().min(1).max(100).optional()
const next = cursor('page_token', 'pagination.next_page_token')
const event = { event_uuid: z.string().describe('The last part of the URI of the event') }

const scopes = [
  'users:read',
  'event_types:read',
  'scheduled_events:read',
  'scheduled_events:write',
  'scheduling_links:write',
]

/** Calendly's API v2: https://developer.calendly.com/api-docs. */
export const calendly = connector({
  name: 'Calendly',
  about: 'Event types, booked meetings and invitees of Calendly.',
  category: 'calendar',
  auth: [
    apiKey({
      label: 'personal access token',
      console: 'https://calendly.com/integrations/api_webhooks',
      advice: `Generate a token and tick ${scopes.join(', ')}.`,
    }),
    oauth2({
      label: 'Calendly account',
      console: 'https://developer.calendly.com/console/apps',
      authorize: 'https://auth.calendly.com/oauth/authorize',
      token: 'https://auth.calendly.com/oauth/token',
      revoke: 'https://auth.calendly.com/oauth/revoke',
      scopes,
      lifetimeS: 7200,
    }),
  ],
  account: {
    request: 'GET /users/me',
    id: 'resource.uri',
    label: 'resource.email',
    keep: { organization: 'resource.current_organization' },
  },
  api: {
    base: 'https://api.calendly.com',
    version: 'v2',
    errors: [
      { status: 400, body: ['details', true], code: 'validation_error', message: 'details' },
      { status: 403, body: ['title', /^insufficient scope/i], code: 'missing_scope' },
    ],
    retry: [{ header: 'x-ratelimit-reset', unit: 'delta_s', when: ['x-ratelimit-remaining', '0'] }],
    // https://developer.calendly.com/api-docs
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
        unit: 'delta_s',
        max: 'x-ratelimit-limit',
      },
    ],
    message: ['message'],
  },
  sources: { user: 'whoami', event_uuid: 'list_events', owner: 'list_event_types' },
  tools: () => ({
    whoami: tool({
      about: 'Who am I at Calendly: my URI, which other tools ask for, my name, time zone and booking page.',
      input: {},
      request: 'GET /users/me',
      pick: 'resource',
    }),
    list_event_types: tool({
      about: 'List the event types (kinds of meetings that can be booked) of a person at Calendly.',
      input: { user, active: z.boolean().optional(), count },
      request: 'GET /event_types{?user,active,count}',
      page: next,
      pick: 'collection',
    }),
    list_events: tool({
      about: 'List the meetings that were booked by Calendly, between two times or all.',
      input: {
        user,
        status: z.enum(['active', 'canceled']).optional(),
        min_start_time: z.iso.datetime().optional(),
        max_start_time: z.iso.datetime().optional(),
        sort: z.enum(['start_time:asc', 'start_time:desc']).optional(),
        count,
      },
      request: 'GET /scheduled_events{?user,status,min_start_time,max_start_time,sort,count}',
      page: next,
      pick: 'collection',
    }),
    get_event: tool({
      about: 'Read one meeting that was booked by Calendly.',
      input: event,
      request: 'GET /scheduled_events/{event_uuid}',
      pick: 'resource',
    }),
    list_invitees: tool({
      about: 'List who booked a meeting by Calendly, with their emails and answers.',
      input: { ...event, count },
      request: 'GET /scheduled_events/{event_uuid}/invitees{?count}',
      page: next,
      pick: 'collection',
    }),
    cancel_event: tool({
      about: 'Cancel a meeting that was booked by Calendly. Everybody who was invited is told.',
      input: { ...event, reason: z.string().optional() },
      request: 'POST /scheduled_events/{event_uuid}/cancellation',
      effect: 'destructive',
    }),
    create_scheduling_link: tool({
      about: 'Make a Calendly link with which one meeting can be booked once.',
      input: {
        max_event_count: z.literal(1),
        owner: z.string().describe('URI of the event type'),
        owner_type: z.literal('EventType'),
      },
      request: 'POST /scheduling_links',
      pick: 'resource',
    }),
  }),
})
