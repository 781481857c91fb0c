import * as z from 'zod'
import { apiKey, bodyCursor, connector, cursor, oauth2, tool } from '../catalog/define.ts'

const type = { object_type: z.string().describe('contacts, companies, deals, tickets, notes, tasks or a custom one') }
const record = { ...type, record_id: z.string() }
const properties = z.record(z.string(), z.string()).describe('Values by property name; list_properties has the names')
const association = z.strictObject({
  to: z.strictObject({ id: z.string() }),
  types: z.array(
    z.strictObject({
      associationCategory: z.enum(['HUBSPOT_DEFINED', 'USER_DEFINED', 'INTEGRATOR_DEFINED']),
      associationTypeId: z.int(),
    }),
  ),
})
const filter = z.strictObject({
  propertyName: z.string(),
  operator: z.enum(['EQ', 'NEQ', 'LT', 'LTE', 'GT', 'GTE', 'IN', 'HAS_PROPERTY', 'NOT_HAS_PROPERTY', 'CONTAINS_TOKEN']),
  value: z.string().optional(),
  values: z.array(z.string()).optional().describe('With IN'),
})
const limit = z.int().min(1).max(100).optional()
const scopes = [
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.objects.companies.read',
  'crm.objects.companies.write',
  'crm.objects.deals.read',
  'crm.objects.deals.write',
  'crm.objects.owners.read',
]

/** HubSpot's CRM API v3: https://developers.hubspot.com/docs/api-reference. */
export const hubspot = connector({
  name: 'HubSpot',
  about: 'Contacts, companies, deals, tickets and notes of a HubSpot account.',
  category: 'crm',
  auth: [
    apiKey({
      label: 'private app access token',
      console: 'https://app.hubspot.com/l/private-apps/',
      advice: `Make a private app and give it ${scopes.join(', ')}; also tickets, if agents need them.`,
      example: 'pat-na1-…',
    }),
    oauth2({
      label: 'HubSpot account',
      console: 'https://app.hubspot.com/developers',
      authorize: 'https://app.hubspot.com/oauth/authorize',
      // The v1 endpoints end on 2027-02-16.
      token: 'https://api.hubapi.com/oauth/2026-03/token',
      revoke: 'https://api.hubapi.com/oauth/2026-03/token/revoke',
      scopes: ['oauth', ...scopes],
      lifetimeS: 1800,
    }),
  ],
  account: {
    request: 'GET /account-info/v3/details',
    id: 'portalId',
    // HubSpot tells no name; the domain beside it is the same for nearly everybody.
    label: 'portalId',
    keep: { portal_id: 'portalId' },
  },
  api: {
    base: 'https://api.hubapi.com',
    version: 'v3',
    errors: [
      { status: 403, body: ['category', 'MISSING_SCOPES'], code: 'missing_scope' },
      { status: 429, body: ['policyName', 'DAILY'], code: 'quota_exceeded' },
      { status: 429, code: 'rate_limited', waitMs: 10_000 },
    ],
    // https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines: 100 to 190 by plan, as the answers say.
    limits: [
      { name: 'burst', requests: 100, windowS: 10 },
      { name: 'search', requests: 5, windowS: 1, tools: ['search_records'] },
    ],
    hears: [
      {
        kind: 'plain',
        limit: 'burst',
        left: 'x-hubspot-ratelimit-remaining',
        max: 'x-hubspot-ratelimit-max',
        interval: 'x-hubspot-ratelimit-interval-milliseconds',
      },
    ],
    message: ['message'],
    omit: /^(archived|correlationId|hs_object_source.*)$/,
  },
  sources: { record_id: 'search_records' },
  tools: () => ({
    search_records: tool({
      about: 'Search HubSpot contacts, companies, deals, tickets or other records by words or by their properties.',
      input: {
        ...type,
        query: z.string().optional().describe('Words in the default properties'),
        filterGroups: z
          .array(z.strictObject({ filters: z.array(filter).min(1).max(6) }))
          .max(5)
          .optional()
          .describe('Groups are joined by OR, filters in one by AND'),
        properties: z.array(z.string()).optional().describe('Which to give'),
        limit,
      },
      request: 'POST /crm/v3/objects/{object_type}/search',
      effect: 'read',
      page: bodyCursor('after', 'paging.next.after'),
      pick: 'results',
    }),
    list_records: tool({
      about: 'List the records of one kind in HubSpot: all contacts, companies, deals or tickets.',
      input: { ...type, properties: z.string().optional().describe('Comma-separated names'), limit },
      request: 'GET /crm/v3/objects/{object_type}{?properties,limit}',
      page: cursor('after', 'paging.next.after'),
      pick: 'results',
    }),
    get_record: tool({
      about: 'Read one HubSpot record by its id, or a contact by its email with idProperty email.',
      input: {
        ...record,
        properties: z.string().optional().describe('Comma-separated names'),
        associations: z.string().optional().describe('Comma-separated kinds, to list what belongs to it'),
        idProperty: z.string().optional(),
      },
      request: 'GET /crm/v3/objects/{object_type}/{record_id}{?properties,associations,idProperty}',
    }),
    create_record: tool({
      about: 'Make a contact, company, deal, ticket, note or task in HubSpot. A contact of the same email is refused.',
      input: { ...type, properties, associations: z.array(association).optional() },
      request: 'POST /crm/v3/objects/{object_type}',
    }),
    update_record: tool({
      about: 'Change the properties of one HubSpot record. Those not named stay as they are.',
      input: { ...record, properties },
      request: 'PATCH /crm/v3/objects/{object_type}/{record_id}',
      idempotency: 'natural',
    }),
    delete_record: tool({
      about: 'Delete one HubSpot record: it is archived and can be restored for 90 days.',
      input: record,
      request: 'DELETE /crm/v3/objects/{object_type}/{record_id}',
    }),
    list_properties: tool({
      about: 'List the properties that a kind of HubSpot record has, with their names, types and choices.',
      input: type,
      request: 'GET /crm/v3/properties/{object_type}',
      pick: 'results',
    }),
    list_owners: tool({
      about: 'List the people who can own records in HubSpot, with their ids.',
      input: { email: z.email().optional(), limit },
      request: 'GET /crm/v3/owners{?email,limit}',
      page: cursor('after', 'paging.next.after'),
      pick: 'results',
    }),
  }),
})
