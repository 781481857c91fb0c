/** Requests whose exact form a provider's own description settles. */
import { expect, test } from 'vitest'
import { buildCatalog } from '../catalog/catalog.ts'
import { buildRequest } from '../catalog/request.ts'
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
