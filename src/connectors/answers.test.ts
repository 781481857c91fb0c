/** What providers' answers come to where they say things in a way of their own. */
import { expect, test } from 'vitest'
import { sampleValues } from '../../test/kit/sample-values.ts'
import { classify } from '../calls/classify.ts'
import { succeeded } from '../calls/give-output.ts'
import { buildCatalog } from '../catalog/catalog.ts'
import { buildRequest } from '../catalog/request.ts'
import { connectors } from './index.ts'

const catalog = buildCatalog(connectors)

const hundred = Array.from({ length: 100 }, (_, at) => ({ id: at }))
const hello = { channel: 'C1', text: 'Hello' }
const goesOn = { kind: 'succeeded', next: expect.any(String) }
const ends = { kind: 'succeeded', next: undefined }

type Row = [
  words: string,
  tool: string,
  args: Record<string, unknown>,
  answer: object | string,
  comesTo: object,
  status?: number,
]

test.each<Row>([
  // https://docs.x.com/x-api/fundamentals/fields: what is not there is empty; …/response-codes-and-errors: failures under 200.
  ['no post that fits', 'twitter_search_posts', { query: 'x' }, { meta: { result_count: 0 } }, { output: [] }],
  ['no post of a person', 'twitter_list_user_posts', { user_id: '1' }, { meta: { result_count: 0 } }, { output: [] }],
  [
    'nobody of that name',
    'twitter_find_user',
    { username: 'x' },
    {
      errors: [
        {
          detail: 'Could not find user.',
          title: 'Not Found Error',
          type: 'https://api.x.com/2/problems/resource-not-found',
        },
      ],
    },
    { code: 'not_found', message: 'X (Twitter) answered 200: Could not find user.' },
  ],
  // https://developers.notion.com/reference/post-search: a page and a data source are told apart by nothing else.
  [
    'hits of both kinds',
    'notion_search',
    {},
    {
      object: 'list',
      results: [
        { object: 'page', id: 'p' },
        { object: 'data_source', id: 'd' },
      ],
      has_more: false,
    },
    { output: [{ object: 'page' }, { object: 'data_source' }], next: undefined },
  ],
  // https://github.com/dropbox/dropbox-api-spec, sharing.stone: SharedLinkAlreadyExistsMetadata
  [
    'what is shared already',
    'dropbox_create_shared_link',
    { path: '/a.txt' },
    {
      error_summary: 'shared_link_already_exists/metadata/..',
      error: {
        '.tag': 'shared_link_already_exists',
        shared_link_already_exists: { '.tag': 'metadata', metadata: { url: 'https://www.dropbox.com/scl/fi/x' } },
      },
    },
    { code: 'conflict', message: 'Dropbox answered 409: https://www.dropbox.com/scl/fi/x' },
    409,
  ],
  // https://shopify.dev/docs/api/admin-graphql/latest/interfaces/DisplayableError
  ...(['Create', 'Update'] as const).map(
    (what): Row => [
      'a mutation that was not carried out',
      `shopify_${what.toLowerCase()}_product`,
      { product: { id: 'gid://shopify/Product/1', title: 'Tea', status: 'DRAFT' } },
      { data: { [`product${what}`]: { product: null, userErrors: [{ field: ['title'], message: 'is too long' }] } } },
      { code: 'validation_error', message: 'Shopify answered 200: [{"field":["title"],"message":"is too long"}]' },
    ],
  ),
  // https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api: of a token, and of a GitHub App
  ...['personal access token', 'integration'].map(
    (kind): Row => [
      `a permission that the ${kind} has not`,
      'github_whoami',
      {},
      { message: `Resource not accessible by ${kind}` },
      { code: 'missing_scope' },
      403,
    ],
  ),
  // https://github.com/calendly/buzzwordcrm/pull/80
  [
    'a scope that is not there',
    'calendly_whoami',
    {},
    {
      title: 'Insufficient scope',
      message: "This operation requires the scopes listed in the 'required_scopes' array.",
    },
    { code: 'missing_scope' },
    403,
  ],
  // https://support.zendesk.com/hc/en-us/community/posts/4485954843162
  [
    'a scope that is not there',
    'zendesk_list_tickets',
    {},
    { error: 'Forbidden', description: 'You are missing the following required scopes: read' },
    { code: 'missing_scope', message: 'Zendesk answered 403: You are missing the following required scopes: read' },
    403,
  ],
  // https://github.com/microsoft/PowerToys/issues/32989
  [
    'a scope that is not there',
    'openai_create_response',
    { model: 'm', input: 'Hello' },
    {
      error: { message: 'You have insufficient permissions for this operation. Missing scopes: api.responses.write.' },
    },
    { code: 'missing_scope' },
    401,
  ],
  // https://github.com/XeroAPI/Xero-NetStandard/issues/178 and /298
  [
    'a scope that is not there',
    'xero_list_contacts',
    {},
    { Type: null, Title: 'Unauthorized', Status: 401, Detail: 'AuthorizationUnsuccessful', Extensions: {} },
    { code: 'missing_scope' },
    401,
  ],
  [
    'a token that has ended',
    'xero_list_contacts',
    {},
    {
      Type: null,
      Title: 'Unauthorized',
      Status: 401,
      Detail: 'TokenExpired: token expired at 01/01/2026',
      Extensions: {},
    },
    { code: 'authentication_failed' },
    401,
  ],
  // https://github.com/jsforce/jsforce/pull/736
  ['a token that has ended', 'salesforce_list_objects', {}, 'Bad_OAuth_Token', { code: 'authentication_failed' }, 403],
  // https://github.com/sarumont/py-trello/issues/367: of the token itself
  [
    'no right',
    'trello_get_card',
    { card_id: 'c' },
    'unauthorized card permission requested',
    { code: 'permission_denied' },
    401,
  ],
  ['a token that was revoked', 'trello_list_boards', {}, 'invalid token', { code: 'authentication_failed' }, 401],
  // https://developer.clickup.com/docs/common_errors
  [
    'another workspace',
    'clickup_get_task',
    { task_id: 't' },
    { err: 'Team(s) not authorized', ECODE: 'OAUTH_023' },
    { code: 'permission_denied' },
    401,
  ],
  [
    'a token that was revoked',
    'clickup_list_workspaces',
    {},
    { err: 'Token invalid', ECODE: 'OAUTH_025' },
    { code: 'authentication_failed' },
    401,
  ],
  // https://learn.microsoft.com/graph/errors
  [
    'a scope that is not there',
    'microsoft_teams_list_teams',
    {},
    {
      error: {
        code: 'Forbidden',
        message: "Missing scope permissions on the request. API requires one of 'Team.ReadBasic.All'.",
      },
    },
    { code: 'missing_scope' },
    403,
  ],
  [
    'a full OneDrive',
    'onedrive_create_folder',
    { parent_id: 'root', name: 'a', folder: {} },
    { error: { code: 'quotaLimitReached', message: 'Full' } },
    { code: 'quota_exceeded' },
    507,
  ],
  // https://support.airtable.com/docs/managing-api-call-limits-in-airtable
  [
    'a month that is used up',
    'airtable_list_bases',
    {},
    { errors: [{ error: 'PUBLIC_API_BILLING_LIMIT_EXCEEDED', message: 'API billing plan limit exceeded.' }] },
    { code: 'quota_exceeded', message: 'Airtable answered 429: API billing plan limit exceeded.' },
    429,
  ],
  [
    'too many in a second',
    'airtable_list_bases',
    {},
    { errors: [{ error: 'RATE_LIMIT_REACHED', message: 'Rate limit exceeded.' }] },
    { code: 'rate_limited', message: 'Airtable answered 429: Rate limit exceeded.' },
    429,
  ],
  // https://docs.x.com/x-api/fundamentals/response-codes-and-errors#error-types
  [
    'a month that is used up',
    'twitter_whoami',
    {},
    {
      title: 'UsageCapExceeded',
      detail: 'Usage cap exceeded: Monthly product cap',
      type: 'https://api.twitter.com/2/problems/usage-capped',
    },
    { code: 'quota_exceeded' },
    429,
  ],
  // https://developers.google.com/workspace/drive/api/guides/handle-errors
  [
    'a full Drive',
    'google_drive_create_folder',
    { name: 'a', mimeType: 'application/vnd.google-apps.folder' },
    { error: { errors: [{ reason: 'storageQuotaExceeded' }], code: 403, message: 'Full' } },
    { code: 'quota_exceeded' },
    403,
  ],
  // https://developers.zoom.us/docs/api/rate-limits/
  [
    'a day that is used up',
    'zoom_create_meeting',
    { user_id: 'me', topic: 'a', type: 2 },
    { code: 429, message: 'You have exceeded the daily rate limit (100) of Meeting Create/Update API requests.' },
    { code: 'quota_exceeded' },
    429,
  ],
  [
    'too many in a second',
    'zoom_list_meetings',
    { user_id: 'me' },
    { code: 429, message: 'You have reached the maximum per-second rate limit for this API.' },
    { code: 'rate_limited' },
    429,
  ],
  // https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
  [
    'a day that is used up',
    'hubspot_list_owners',
    {},
    { status: 'error', errorType: 'RATE_LIMIT', message: 'You have reached your daily limit.', policyName: 'DAILY' },
    { code: 'quota_exceeded' },
    429,
  ],
  [
    'too many in ten seconds',
    'hubspot_list_owners',
    {},
    { status: 'error', errorType: 'RATE_LIMIT', message: 'Oh', policyName: 'TEN_SECONDLY_ROLLING' },
    { code: 'rate_limited' },
    429,
  ],
  // https://github.com/dropbox/dropbox-api-spec, files.stone: WriteError
  [
    'a folder that is only for reading',
    'dropbox_create_folder',
    { path: '/a' },
    { error_summary: 'path/no_write_permission/..' },
    { code: 'permission_denied' },
    409,
  ],
  [
    'a full Dropbox',
    'dropbox_create_folder',
    { path: '/a' },
    { error_summary: 'path/insufficient_space/.' },
    { code: 'quota_exceeded' },
    409,
  ],
  // What is wrong stands in a list of its own: https://mailchimp.com/developer/marketing/docs/errors/, Calendly's and Discord's API descriptions.
  [
    'a field that is not taken',
    'mailchimp_list_audiences',
    {},
    { title: 'Invalid Resource', detail: "…, see the 'errors' array.", errors: [{ field: 'x', message: 'Is blank' }] },
    { code: 'validation_error', message: 'Mailchimp answered 400: [{"field":"x","message":"Is blank"}]' },
    400,
  ],
  [
    'a field that is not taken',
    'calendly_whoami',
    {},
    { title: 'Invalid Argument', message: 'The supplied parameters are invalid.', details: [{ parameter: 'user' }] },
    { code: 'validation_error', message: 'Calendly answered 400: [{"parameter":"user"}]' },
    400,
  ],
  [
    'a field that is not taken',
    'discord_list_servers',
    {},
    { code: 50035, message: 'Invalid Form Body', errors: { content: { _errors: [{ message: 'Too long.' }] } } },
    { code: 'validation_error', message: 'Discord answered 400: {"content":{"_errors":[{"message":"Too long."}]}}' },
    400,
  ],
  [
    'a field that is not taken',
    'zoom_get_meeting',
    { meeting_id: 'x' },
    { code: 300, message: 'Validation Failed.', errors: [{ field: 'meetingId', message: 'Invalid field.' }] },
    { message: 'Zoom answered 400: [{"field":"meetingId","message":"Invalid field."}]' },
    400,
  ],
  [
    'an argument that is not taken',
    'slack_send_message',
    hello,
    { ok: false, error: 'invalid_arguments', response_metadata: { messages: ['[ERROR] must be a number: thread_ts'] } },
    { code: 'validation_error', message: 'Slack answered 200: ["[ERROR] must be a number: thread_ts"]' },
  ],
  [
    'a parameter that is not taken',
    'twitter_whoami',
    {},
    {
      errors: [{ parameters: { id: ['x'] }, message: 'The `id` query parameter value [x] is not valid' }],
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: 'https://api.twitter.com/2/problems/invalid-request',
    },
    { message: 'X (Twitter) answered 400: The `id` query parameter value [x] is not valid' },
    400,
  ],
  // https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points: error says what is wrong if status is not ok.
  [
    'a query that cannot be carried out',
    'datadog_query_metrics',
    { from: 1, to: 2, query: 'avg:' },
    { status: 'error', error: 'Error parsing query.', series: [] },
    { code: 'validation_error', message: 'Datadog answered 200: Error parsing query.' },
  ],
  // https://docs.slack.dev/reference/methods/chat.postMessage#errors
  ['too many messages', 'slack_send_message', hello, { ok: false, error: 'rate_limited' }, { code: 'rate_limited' }],
  [
    'a channel that is only for reading',
    'slack_send_message',
    hello,
    { ok: false, error: 'restricted_action_read_only_channel' },
    { code: 'permission_denied' },
  ],
  ['no right', 'slack_list_users', {}, { ok: false, error: 'no_permission' }, { code: 'permission_denied' }],
  // https://resend.com/docs/api-reference/errors
  ['a refused key', 'resend_list_domains', {}, { name: 'invalid_api_key' }, { code: 'authentication_failed' }, 403],
  [
    'a revoked key',
    'resend_list_domains',
    {},
    { statusCode: 400, message: 'API key is invalid', name: 'validation_error' },
    { code: 'authentication_failed' },
    400,
  ],
  ['a full day', 'resend_list_domains', {}, { name: 'daily_quota_exceeded' }, { code: 'quota_exceeded' }, 429],
  ['too many at once', 'resend_list_domains', {}, { name: 'rate_limit_exceeded' }, { code: 'rate_limited' }, 429],
  // https://github.com/sendgrid/sendgrid-nodejs/issues/1032
  [
    'no credits left',
    'sendgrid_send_mail',
    { personalizations: [{ to: [{ email: 'a@example.com' }] }], from: { email: 'b@example.com' }, subject: 'Hello' },
    { errors: [{ message: 'Maximum credits exceeded', field: null, help: null }] },
    { code: 'quota_exceeded' },
    401,
  ],
  // https://github.com/frappe/ecommerce_integrations/issues/414: a token that is no longer good
  [
    'a refused token',
    'shopify_list_customers',
    { first: 1 },
    { errors: '[API] Invalid API key or access token' },
    { code: 'authentication_failed', message: 'Shopify answered 401: [API] Invalid API key or access token' },
    401,
  ],
  [
    'a server that fails',
    'shopify_list_customers',
    { first: 1 },
    { errors: 'Internal Server Error' },
    { code: 'provider_unavailable' },
    500,
  ],
  // https://github.com/linear/linear, packages/sdk/src/error.ts
  [
    'a server that fails',
    'linear_list_users',
    {},
    { errors: [{ message: 'Oh', extensions: { type: 'internal error' } }] },
    { code: 'provider_unavailable' },
  ],
  [
    'input that is not taken',
    'linear_list_users',
    {},
    { errors: [{ message: 'Oh', extensions: { type: 'invalid input', userPresentableMessage: 'Too complex.' } }] },
    { code: 'validation_error', message: 'Linear answered 400: Too complex.' },
    400,
  ],
  [
    'a mutation that was carried out',
    'shopify_update_product',
    { product: { id: 'gid://shopify/Product/1' } },
    { data: { productUpdate: { product: { id: 'gid://shopify/Product/1' }, userErrors: [] } } },
    { output: { product: { id: 'gid://shopify/Product/1' } } },
  ],
  // Lists that go on: https://developer.pagerduty.com/docs/pagination, the API descriptions of Jira and SendGrid.
  ['a full page', 'pagerduty_list_open_incidents', {}, { incidents: hundred, more: true, total: null }, goesOn],
  ['a full page', 'pagerduty_list_on_calls', {}, { oncalls: hundred, more: true, total: null }, goesOn],
  ['a full page', 'pagerduty_list_services', { query: 'web' }, { services: hundred, more: true, total: null }, goesOn],
  ['the last page', 'pagerduty_list_services', {}, { services: [], more: false, total: null }, ends],
  ['a full page', 'jira_list_projects', {}, { values: hundred, startAt: 0, total: 101 }, goesOn],
  ['the last page', 'jira_list_projects', {}, { values: hundred, startAt: 0, total: 100 }, ends],
  [
    'a full page',
    'sendgrid_list_templates',
    {},
    { result: hundred, _metadata: { next: 'https://api.sendgrid.com/v3/templates?page_size=100&page_token=t' } },
    goesOn,
  ],
  ['the last page', 'sendgrid_list_templates', {}, { result: hundred, _metadata: { count: 100 } }, ends],
  ['a full page', 'sendgrid_list_bounces', { start_time: 1 }, hundred, goesOn],
])('%s (%s)', (_, name, args, answer, comesTo, status = 200) => {
  const tool = catalog.tools.get(name)
  const request = tool && buildRequest(tool, args, 'call_1', sampleValues(tool.provider.connector))
  if (!tool || !request || 'field' in request) throw new Error(`no request of ${name}`)
  const isText = typeof answer === 'string'
  const body = Buffer.from(isText ? answer : JSON.stringify(answer))
  const headers = { 'content-type': isText ? 'text/plain' : 'application/json' }
  const classified = classify(tool, { kind: 'answered', status, headers, body }, 0)
  const came = classified.ok ? { next: undefined, ...succeeded(tool, classified, request) } : classified.fault
  expect(came).toMatchObject(comesTo)
})
