import * as z from 'zod'
import { connector, tool } from '../catalog/define.ts'
import {
  googleAccount,
  googleEmailScope,
  googleErrors,
  googleMessage,
  googleServiceAccount,
  googleUser,
} from './registrations/google.ts'

const scopes = ['https://www.googleapis.com/auth/spreadsheets', googleEmailScope]
const sheet = { spreadsheet_id: z.string().describe('From the address of the sheet: /d/ID/edit') }
const range = z.string().min(1).describe("In A1 notation: Sheet1!A1:C10, 'Sheet name'!A:C")
const values = z
  .array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])))
  .describe('Rows of cells; null leaves one as it is')
const valueInputOption = z.enum(['RAW', 'USER_ENTERED']).describe('RAW keeps text as text; USER_ENTERED reads formulas')

/** Google Sheets API v4: https://developers.google.com/workspace/sheets/api/reference/rest. */
export const google_sheets = connector({
  name: 'Google Sheets',
  about: 'Read and write cells, rows and sheets of Google spreadsheets.',
  category: 'documents',
  auth: [
    googleAccount(scopes),
    googleServiceAccount(scopes, 'Then share each sheet that agents need with the email of the service account.'),
  ],
  account: googleUser,
  api: {
    base: 'https://sheets.googleapis.com/v4',
    // https://developers.google.com/workspace/sheets/api/limits: of each person.
    limits: [
      { name: 'read', requests: 60, windowS: 60, tools: ['get_spreadsheet', 'read_range'] },
      { name: 'write', requests: 60, windowS: 60, not: ['get_spreadsheet', 'read_range'] },
    ],
    version: 'v4',
    errors: googleErrors,
    message: googleMessage,
  },
  tools: () => ({
    get_spreadsheet: tool({
      about: 'Read what a Google spreadsheet holds: its title and the names and sizes of its sheets. Not the cells.',
      input: sheet,
      request:
        'GET /spreadsheets/{spreadsheet_id}?fields=spreadsheetId,spreadsheetUrl,properties.title,sheets.properties(sheetId,title,gridProperties)',
    }),
    read_range: tool({
      about: 'Read the cells of a range of a Google sheet. Empty cells at the end of rows are left out.',
      input: {
        ...sheet,
        range,
        valueRenderOption: z.enum(['FORMATTED_VALUE', 'UNFORMATTED_VALUE', 'FORMULA']).optional(),
      },
      request: 'GET /spreadsheets/{spreadsheet_id}/values/{range}{?valueRenderOption}',
    }),
    write_range: tool({
      about: 'Write the cells of a range of a Google sheet over what is there.',
      input: { ...sheet, range, valueInputOption, values },
      request: 'PUT /spreadsheets/{spreadsheet_id}/values/{range}{?valueInputOption}',
    }),
    append_rows: tool({
      about: 'Add rows after the last row of a table in a Google sheet. Each call adds them again.',
      input: {
        ...sheet,
        range,
        valueInputOption,
        insertDataOption: z.enum(['INSERT_ROWS', 'OVERWRITE']).optional(),
        values,
      },
      request: 'POST /spreadsheets/{spreadsheet_id}/values/{range}:append{?valueInputOption,insertDataOption}',
    }),
    clear_range: tool({
      about: 'Clear the cells of a range of a Google sheet: values and formulas go, formats stay.',
      input: { ...sheet, range },
      request: 'POST /spreadsheets/{spreadsheet_id}/values/{range}:clear',
      effect: 'destructive',
      idempotency: 'natural',
    }),
    create_spreadsheet: tool({
      about: 'Make a new Google spreadsheet. Each call makes another one.',
      input: { properties: z.strictObject({ title: z.string().min(1) }) },
      request: 'POST /spreadsheets?fields=spreadsheetId,spreadsheetUrl,properties.title',
    }),
  }),
})
