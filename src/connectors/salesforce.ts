import * as z from 'zod'
import { clientCredentials, connector, cursorAt, oauth2, tool } from '../catalog/define.ts'

const type = { sobject: z.string().describe('API name such as Account, Contact, Lead, Opportunity, Case') }
const record = { ...type, record_id: z.string().describe('Of 15 or 18 characters') }
const fieldsOf = (what: string) =>
  z
    .looseObject({ attributes: z.strictObject({ type: z.string().describe('API name such as Account') }) })
    .describe(what)
const allOrNone = z.boolean().optional().describe('true to undo all if one fails')
const version = 'v65.0'
const apps = 'https://login.salesforce.com/lightning/setup/ManageExternalClientApplication/home'
const shared = {
  token: 'https://{login_host}/services/oauth2/token',
  revoke: 'https://{login_host}/services/oauth2/revoke',
  keep: { instance_url: 'instance_url' },
  // As long as a session of the org lasts: two hours unless an administrator set it otherwise.
  lifetimeS: 7200,
} as const

/** Salesforce's REST API: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/. */
export const salesforce = connector({
  name: 'Salesforce',
  about: 'Query, search, read, make, change and delete the records of a Salesforce org.',
  category: 'crm',
  auth: [
    clientCredentials({
      ...shared,
      label: 'client credentials of an External Client App',
      console: apps,
      advice:
        'Make an External Client App with the scope api, enable the client credentials flow and choose the user it runs ' +
        'as. As the login host give your My Domain, such as acme.my.salesforce.com.',
      scopes: [],
    }),
    oauth2({
      ...shared,
      label: 'Salesforce account',
      console: apps,
      authorize: 'https://{login_host}/services/oauth2/authorize',
      scopes: ['api', 'refresh_token'],
    }),
  ],
  inputs: {
    login_host: {
      label: 'Login host',
      hint: 'test.salesforce.com for a sandbox, or your My Domain.',
      example: 'login.salesforce.com',
      default: 'login.salesforce.com',
      matches: /[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.salesforce\.com/,
    },
  },
  hosts: ['*.salesforce.com', '*.force.com'],
  account: {
    base: '{instance_url}/services/oauth2',
    request: 'GET /userinfo',
    id: 'user_id',
    label: 'preferred_username',
    keep: { organization_id: 'organization_id' },
  },
  api: {
    base: `{instance_url}/services/data/${version}`,
    version,
    errors: [
      { status: 401, body: ['0.errorCode', 'INVALID_SESSION_ID'], code: 'authentication_failed' },
      // So says the identity service, which names the account: https://github.com/forcedotcom/SalesforceMobileSDK-Android/pull/2430.
      { status: 403, body: [[], /^(Bad|Missing)_OAuth_Token$/], code: 'authentication_failed' },
      { status: 403, body: ['0.errorCode', 'REQUEST_LIMIT_EXCEEDED'], code: 'rate_limited' },
      { status: 400, body: ['0.errorCode', 'UNABLE_TO_LOCK_ROW'], code: 'conflict' },
      { status: 400, body: ['0.errorCode', 'DUPLICATES_DETECTED'], code: 'conflict' },
    ],
    message: ['0.message', 'error_description'],
  },
  sources: { sobject: 'list_objects', record_id: 'query' },
  tools: () => ({
    query: tool({
      about: 'Query Salesforce records with SOQL. Give it a LIMIT: 2000 come at once at the most.',
      input: {
        q: z.string().min(1).describe("SELECT Id, Name FROM Account WHERE Name LIKE 'Acme%' LIMIT 50; \\' for a quote"),
      },
      request: 'GET /query{?q}',
      page: cursorAt('GET /query/{locator}', 'nextRecordsUrl'),
      // Beside them stands how many there are, which is all that a COUNT() gives.
      list: 'records',
    }),
    search: tool({
      about: 'Search Salesforce records of all kinds by words in their names, emails and phone numbers.',
      input: {
        q: z.string().min(2),
        sobject: z.string().optional().describe('Only this kind, such as Contact'),
        fields: z.string().optional().describe('Comma-separated, with sobject: Id, Name, Email'),
      },
      request: 'GET /parameterizedSearch{?q,sobject,fields}',
      pick: 'searchRecords',
    }),
    list_objects: tool({
      about: 'List the kinds of records (objects) that this Salesforce org has, custom ones too.',
      input: {},
      request: 'GET /sobjects',
    }),
    describe_object: tool({
      about: 'Describe one kind of Salesforce record: its fields, their types and choices.',
      input: type,
      request: 'GET /sobjects/{sobject}/describe',
      pick: 'fields',
    }),
    get_record: tool({
      about: 'Read one Salesforce record by its id.',
      input: { ...record, fields: z.string().optional().describe('Comma-separated; all unless told') },
      request: 'GET /sobjects/{sobject}/{record_id}{?fields}',
    }),
    create_records: tool({
      about:
        'Make up to 200 Salesforce records. The answer tells for each whether it worked. Each call makes them again.',
      input: { allOrNone, records: z.array(fieldsOf('Fields beside attributes')).min(1).max(200) },
      request: 'POST /composite/sobjects',
    }),
    update_records: tool({
      about: 'Change up to 200 Salesforce records, each named by its id. The answer tells for each whether it worked.',
      input: {
        allOrNone,
        records: z.array(fieldsOf('id and the fields to change, beside attributes')).min(1).max(200),
      },
      request: 'PATCH /composite/sobjects',
      idempotency: 'natural',
    }),
    delete_record: tool({
      about: 'Delete one Salesforce record: it goes into the recycle bin.',
      input: record,
      request: 'DELETE /sobjects/{sobject}/{record_id}',
    }),
  }),
})
