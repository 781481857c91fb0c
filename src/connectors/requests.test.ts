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
])('%s', (name, args, request) => {
  const tool = catalog.tools.get(name)
  const { method, url } = Object(tool && buildRequest(tool, args, 'call_1'))
  expect(`${method} ${url}`).toBe(request)
})
