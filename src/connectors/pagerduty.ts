import * as z from 'zod'
import { apiKey, connector, oauth2, offset, tool } from '../catalog/define.ts'

const incident = { incident_id: z.string() }
// https://developer.pagerduty.com/docs/pagination: how many there are is not said unless asked for, and costs time.
const page = offset('offset', { size: { param: 'limit', default: 100 } })
const reference = (type: string) => z.strictObject({ id: z.string(), type: z.literal(type) })

/** PagerDuty's REST API v2: https://developer.pagerduty.com/api-reference/. */
export const pagerduty = connector({
  name: 'PagerDuty',
  about: 'See, open, acknowledge and resolve incidents of PagerDuty, and who is on call.',
  category: 'operations',
  auth: [
    apiKey({
      label: 'API key',
      console: 'https://support.pagerduty.com/main/docs/api-access-keys',
      advice:
        'A personal key: My Profile > User Settings > Create API User Token. A key of the account, by its administrator: ' +
        'Integrations > API Access Keys.',
      header: 'authorization',
      format: 'Token token={secret}',
      fields: {
        email: {
          label: 'Email of a PagerDuty user',
          hint: 'In whose name incidents are opened and changed.',
          example: 'ada@example.com',
          matches: /[^\s@]+@[^\s@]+/,
        },
      },
    }),
    oauth2({
      label: 'PagerDuty account',
      console: 'https://app.pagerduty.com/developer/applications',
      advice:
        'Make an app, add Classic User OAuth to it (Scoped OAuth has other scopes), and set its permissions to Read/Write.',
      authorize: 'https://identity.pagerduty.com/oauth/authorize',
      token: 'https://identity.pagerduty.com/oauth/token',
      scopes: ['read', 'write'],
      lifetimeS: 86_400,
    }),
  ],
  account: { request: 'GET /abilities' },
  api: {
    base: 'https://api.pagerduty.com',
    version: '2',
    headers: { accept: 'application/vnd.pagerduty+json;version=2', from: '{email}' },
    errors: [
      { status: 400, code: 'validation_error', message: 'error.errors' },
      { status: 429, code: 'rate_limited' },
    ],
    retry: [{ header: 'ratelimit-reset', unit: 'delta_s', when: ['ratelimit-remaining', '0'] }],
    // https://developer.pagerduty.com/docs/rest-api-rate-limits
    hears: [
      { kind: 'plain', left: 'ratelimit-remaining', reset: 'ratelimit-reset', unit: 'delta_s', max: 'ratelimit-limit' },
    ],
    message: ['error.message', 'message'],
    omit: /^self$/,
  },
  sources: { incident_id: 'list_open_incidents' },
  tools: () => ({
    list_open_incidents: tool({
      about: 'List the open incidents (alerts, outages) of PagerDuty: triggered and acknowledged ones.',
      input: {},
      // Those of the last month alone, unless told otherwise.
      request: 'GET /incidents?statuses[]=triggered&statuses[]=acknowledged&date_range=all&limit=100',
      page,
      pick: 'incidents',
    }),
    get_incident: tool({
      about: 'Read one incident of PagerDuty: what, since when, who is on it.',
      input: incident,
      request: 'GET /incidents/{incident_id}',
      pick: 'incident',
    }),
    create_incident: tool({
      about: 'Open an incident in PagerDuty: it alerts whoever is on call. Each call opens another one.',
      input: {
        incident: z.strictObject({
          type: z.literal('incident'),
          title: z.string().min(1),
          service: reference('service_reference'),
          urgency: z.enum(['high', 'low']).optional(),
          body: z.strictObject({ type: z.literal('incident_body'), details: z.string() }).optional(),
        }),
      },
      request: 'POST /incidents',
      pick: 'incident',
    }),
    update_incident: tool({
      about: 'Acknowledge or resolve an incident of PagerDuty, or rename it.',
      input: {
        ...incident,
        incident: z.strictObject({
          type: z.literal('incident_reference'),
          status: z.enum(['acknowledged', 'resolved']).optional(),
          title: z.string().optional(),
        }),
      },
      request: 'PUT /incidents/{incident_id}',
      pick: 'incident',
    }),
    add_note: tool({
      about: 'Add a note to an incident of PagerDuty. Each call adds another one.',
      input: { ...incident, note: z.strictObject({ content: z.string().min(1) }) },
      request: 'POST /incidents/{incident_id}/notes',
      pick: 'note',
    }),
    list_on_calls: tool({
      about: 'List who is on call now in PagerDuty, by escalation policy and level.',
      input: {},
      request: 'GET /oncalls?limit=100',
      page,
      pick: 'oncalls',
    }),
    list_services: tool({
      about: 'List or search the services of PagerDuty with their ids.',
      input: { query: z.string().optional() },
      request: 'GET /services?limit=100{?query}',
      page,
      pick: 'services',
    }),
  }),
})
