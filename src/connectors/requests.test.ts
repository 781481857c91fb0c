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

// https://linear.app/developers/rate-limiting: a query that costs more than 10,000 points is refused.
test.each(
  [...catalog.tools.values()]
    .filter(({ provider }) => provider.slug === 'linear')
    .map(tool => [tool.name, tool] as const),
)('%s costs no more than Linear lets one query cost, however much its caller asks for', (_, { row }) => {
  const words: string[] = row.graphql?.match(/[{}]|\([^)]*\)|\w+/g) ?? []
  expect(points(words.slice(words.indexOf('{')))).toBeLessThanOrEqual(10_000)
})

/**
 * Takes one selection off the words and says what it costs: 0.1 for a property, 1 for an object, and what is in a connection
 * as often as it may come: 50 times unless told.
 */
function points(words: string[]): number {
  let sum = 0
  for (words.shift(); words[0] !== '}'; ) {
    words.shift()
    const [, first = '50'] = /first: (\d+|\$first)/.exec(words[0]?.startsWith('(') ? (words.shift() ?? '') : '') ?? []
    if (words[0] !== '{') sum += 0.1
    else if (words[1] === 'nodes') sum += (first === '$first' ? 250 : Number(first)) * points(words)
    else sum += 1 + points(words)
  }
  words.shift()
  return sum
}
