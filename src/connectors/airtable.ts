import * as z from 'zod'
import { apiKey, connector, cursor, oauth2, tool } from '../catalog/define.ts'

const base = { base_id: z.string().describe('app…') }
const table = { ...base, table: z.string().describe('Id (tbl…) or name') }
const fields = z.record(z.string(), z.unknown()).describe('Values by the name of the field')
const typecast = z.boolean().optional().describe('true turns texts into what the field holds')
const next = cursor('offset', 'offset')
const scopes = ['data.records:read', 'data.records:write', 'schema.bases:read', 'user.email:read']

/** Airtable's Web API: https://airtable.com/developers/web/api/introduction. */
export const airtable = connector({
  name: 'Airtable',
  about: 'List, search, make, change and delete the records of Airtable bases.',
  category: 'databases',
  auth: [
    apiKey({
      label: 'personal access token',
      console: 'https://airtable.com/create/tokens',
      advice: `Add the scopes ${scopes.join(', ')} and the bases that agents need.`,
      example: 'pat….…',
    }),
    oauth2({
      label: 'Airtable account',
      console: 'https://airtable.com/create/oauth',
      authorize: 'https://airtable.com/oauth2/v1/authorize',
      token: 'https://airtable.com/oauth2/v1/token',
      clientAuth: 'basic',
      pkce: 'required',
      scopes,
      lifetimeS: 3600,
    }),
  ],
  account: { request: 'GET /meta/whoami', id: 'id', label: 'email' },
  api: {
    base: 'https://api.airtable.com/v0',
    version: 'v0',
    errors: [
      { status: 403, body: ['error.type', 'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND'], code: 'permission_denied' },
      { status: 422, code: 'validation_error' },
      // The calls of a month, as the plan has them; also told in the way of other errors.
      ...['errors.0.error', 'error.type'].map(path => ({
        status: 429,
        body: [path, 'PUBLIC_API_BILLING_LIMIT_EXCEEDED'] as [string, string],
        code: 'quota_exceeded' as const,
      })),
      { status: 429, code: 'rate_limited', waitMs: 30_000 },
    ],
    // https://airtable.com/developers/web/api/rate-limits: of all requests by one person's tokens; each base has 5 beside that.
    limits: [{ requests: 50, windowS: 1 }],
    message: ['error.message', 'errors.0.message', 'error'],
  },
  sources: { base_id: 'list_bases', table: 'list_tables', record_id: 'list_records' },
  tools: () => ({
    list_bases: tool({
      about: 'List the Airtable bases that this token sees, with their ids.',
      input: {},
      request: 'GET /meta/bases',
      page: next,
      pick: 'bases',
    }),
    list_tables: tool({
      about: 'List the tables of an Airtable base with their fields and views.',
      input: base,
      request: 'GET /meta/bases/{base_id}/tables',
      pick: 'tables',
    }),
    list_records: tool({
      about: 'List or search the records (rows) of an Airtable table, by a view or a formula.',
      input: {
        ...table,
        view: z.string().optional().describe('Name or id'),
        filterByFormula: z.string().optional().describe('{Status}="Open", FIND("tea",{Name})'),
        maxRecords: z.int().min(1).optional(),
        pageSize: z.int().min(1).max(100).optional(),
      },
      request: 'GET /{base_id}/{table}{?view,filterByFormula,maxRecords,pageSize}',
      page: next,
      pick: 'records',
    }),
    get_record: tool({
      about: 'Read one record (row) of an Airtable table.',
      input: { ...table, record_id: z.string().describe('rec…') },
      request: 'GET /{base_id}/{table}/{record_id}',
    }),
    create_records: tool({
      about: 'Add up to ten records (rows) to an Airtable table. Each call adds them again.',
      input: { ...table, records: z.array(z.strictObject({ fields })).min(1).max(10), typecast },
      request: 'POST /{base_id}/{table}',
      pick: 'records',
    }),
    update_records: tool({
      about: 'Change up to ten records (rows) of an Airtable table. Fields not named stay as they are.',
      input: {
        ...table,
        records: z
          .array(z.strictObject({ id: z.string(), fields }))
          .min(1)
          .max(10),
        typecast,
      },
      request: 'PATCH /{base_id}/{table}',
      idempotency: 'natural',
      pick: 'records',
    }),
    delete_record: tool({
      about: 'Delete one record (row) of an Airtable table.',
      input: { ...table, record_id: z.string().describe('rec…') },
      request: 'DELETE /{base_id}/{table}/{record_id}',
    }),
  }),
})
