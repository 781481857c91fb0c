/** Requests whose exact form a provider's own description settles. */
import { expect, test } from 'vitest'
import { sampleValues } from '../../test/kit/sample-values.ts'
import { createValidator } from '../calls/validate.ts'
import { buildCatalog } from '../catalog/catalog.ts'
import { nextPage, requestPage, restInputs } from '../catalog/page.ts'
import { buildRequest } from '../catalog/request.ts'
import { Fault } from '../core/errors.ts'
import { connectors } from './index.ts'

const catalog = buildCatalog(connectors)

test.each<[tool: string, args: Record<string, unknown>, request: string]>([
  // https://sheets.googleapis.com/$discovery/rest?version=v4: the path of spreadsheets.create has no slash at its end.
  [
    'google_sheets_create_spreadsheet',
    { properties: { title: 'Plan' } },
    'POST https://sheets.googleapis.com/v4/spreadsheets?fields=spreadsheetId,spreadsheetUrl,properties.title',
  ],
  [
    'google_sheets_append_rows',
    { spreadsheet_id: 's', range: 'A:C', valueInputOption: 'RAW', values: [[1]] },
    'POST https://sheets.googleapis.com/v4/spreadsheets/s/values/A%3AC:append?valueInputOption=RAW',
  ],
  // https://github.com/PagerDuty/api-schema, GET /incidents: those of the last month unless the range is all.
  [
    'pagerduty_list_open_incidents',
    {},
    'GET https://api.pagerduty.com/incidents?statuses[]=triggered&statuses[]=acknowledged&date_range=all&limit=100',
  ],
  // https://developers.asana.com/docs/pagination: pages only where a limit is said.
  ['asana_list_workspaces', {}, 'GET https://app.asana.com/api/1.0/workspaces?limit=100'],
  ['asana_list_projects', { workspace: '1' }, 'GET https://app.asana.com/api/1.0/projects?limit=100&workspace=1'],
  // https://learn.microsoft.com/graph/api/chat-list: without $orderby they come in no order that means anything.
  [
    'microsoft_teams_list_chats',
    {},
    'GET https://graph.microsoft.com/v1.0/me/chats?$top=50&$expand=lastMessagePreview&$orderby=lastMessagePreview/createdDateTime%20desc',
  ],
])('%s', (name, args, request) => {
  const tool = catalog.tools.get(name)
  const { method, url } = Object(tool && buildRequest(tool, args, 'call_1'))
  expect(`${method} ${url}`).toBe(request)
})

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm, https://github.com/dropbox/dropbox-api-spec (files.stone).
test.each<[tool: string, args: Record<string, unknown>, answer: object, request: string, body?: string]>([
  [
    'salesforce_query',
    { q: 'SELECT Id FROM Lead' },
    {
      totalSize: 3000,
      done: false,
      nextRecordsUrl: '/services/data/v65.0/query/01gD0000002HU6KIAW-2000',
      records: [{}],
    },
    'GET https://sample.salesforce.com/services/data/v65.0/query/01gD0000002HU6KIAW-2000',
  ],
  [
    'dropbox_list_folder',
    { path: '/a', recursive: true },
    { entries: [{}], cursor: 'ZtkX/9', has_more: true },
    'POST https://api.dropboxapi.com/2/files/list_folder/continue',
    '{"cursor":"ZtkX/9"}',
  ],
  [
    'dropbox_search_files',
    { query: 'plan' },
    { matches: [{}], cursor: 'ZtkX_9', has_more: true },
    'POST https://api.dropboxapi.com/2/files/search/continue_v2',
    '{"cursor":"ZtkX_9"}',
  ],
  // Without a page Xero gives no pages.
  [
    'xero_list_contacts',
    { order: 'Name' },
    { pagination: { page: 1, pageSize: 100, pageCount: 2, itemCount: 101 }, Contacts: [{}] },
    'GET https://api.xero.com/api.xro/2.0/Contacts?order=Name&page=2',
  ],
])('the rest of %s', (name, args, answer, rest, body) => {
  const tool = catalog.tools.get(name)
  if (!tool) throw new Error(`no tool ${name}`)
  const values = sampleValues(tool.provider.connector)
  const first = buildRequest(tool, args, 'call_1', values)
  if ('field' in first) throw new Error(`no request of ${name}`)
  const next = nextPage(tool, { url: first.url, body: answer, count: 1 }) ?? ''
  const request = tool.rest
    ? buildRequest({ ...tool, ...tool.rest }, restInputs(tool, next) ?? {}, 'call_1', values)
    : requestPage(tool, first, next)
  expect(request).toMatchObject({ method: rest.slice(0, rest.indexOf(' ')), url: rest.slice(rest.indexOf(' ') + 1) })
  expect(Object(request).body).toBe(body)
})

test.each<[tool: string, args: Record<string, unknown>, missing?: string]>([
  // https://sheets.googleapis.com/$discovery/rest?version=v4, ValueRange
  [
    'google_sheets_write_range',
    { spreadsheet_id: 's', range: 'A1:C1', valueInputOption: 'RAW', values: [[1, null, 'c']] },
  ],
  // https://github.com/twilio/twilio-oai, call_enum_status
  ['twilio_list_calls', { Status: 'canceled' }],
  // https://developers.asana.com/docs/pagination
  ['asana_list_tasks', { project: '1' }, 'limit'],
])('what %s says of %j', (name, args, missing) => {
  const tool = catalog.tools.get(name)
  const valid = tool && createValidator().validate(tool, args)
  expect(valid instanceof Fault ? valid.details.missingFields : valid?.args).toEqual(missing ? [missing] : args)
})

type Prices = { most: number; property: number; connection: number }

/** What one query may cost: dearer ones are refused. An object costs 1, and what is in a connection as often as it may come. */
const prices: Record<string, Prices> = {
  // https://linear.app/developers/rate-limiting: 50 of what is in a connection unless told.
  linear: { most: 10_000, property: 0.1, connection: 0 },
  // https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
  shopify: { most: 1000, property: 0, connection: 2 },
}

test.each(
  [...catalog.tools.values()].flatMap(tool => {
    const price = prices[tool.provider.slug]
    return price ? [[tool.name, tool, price] as const] : []
  }),
)('%s costs no more than one query may, however much its caller asks for', (_, tool, price) => {
  const words: string[] = tool.row.graphql?.match(/[{}]|\([^)]*\)|\w+/g) ?? []
  const { first } = Object(tool.inputSchema().properties)
  expect(points(words.slice(words.indexOf('{')), price, first?.maximum)).toBeLessThanOrEqual(price.most)
})

/** Takes one selection off the words, and says what it costs where the variable `first` is as large as may be. */
function points(words: string[], price: Prices, largest: number): number {
  let sum = 0
  for (words.shift(); words[0] !== '}'; ) {
    const name = words.shift()
    const [, first = '50'] = /first: (\d+|\$first)/.exec(words[0]?.startsWith('(') ? (words.shift() ?? '') : '') ?? []
    const isConnection = words[1] === 'nodes'
    if (words[0] !== '{') sum += price.property
    else if (name === 'pageInfo') points(words, price, largest)
    else if (!isConnection) sum += 1 + points(words, price, largest)
    else sum += price.connection + (first === '$first' ? largest : Number(first)) * points(words, price, largest)
  }
  words.shift()
  return sum
}
