import * as z from 'zod'
import { connector, oauth2, tool } from '../catalog/define.ts'

const reference = z.strictObject({ value: z.string().describe('Id of it') })
const line = z.strictObject({
  Amount: z.number(),
  Description: z.string().optional(),
  DetailType: z.literal('SalesItemLineDetail'),
  SalesItemLineDetail: z.strictObject({
    ItemRef: reference,
    Qty: z.number().optional(),
    UnitPrice: z.number().optional(),
  }),
})

/** QuickBooks Online's Accounting API v3: https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities. */
export const quickbooks = connector({
  name: 'QuickBooks',
  about: 'Query the books of a QuickBooks Online company, and make customers and invoices.',
  category: 'accounting',
  auth: [
    oauth2({
      label: 'QuickBooks company',
      console: 'https://developer.intuit.com/app/developer/dashboard',
      advice: 'Development keys reach sandbox companies only, production keys real ones only.',
      authorize: 'https://appcenter.intuit.com/connect/oauth2',
      token: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
      revoke: 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke',
      clientAuth: 'basic',
      scopes: ['com.intuit.quickbooks.accounting'],
      keepFromCallback: { realm_id: 'realmId' },
      lifetimeS: 3600,
    }),
  ],
  inputs: {
    api: {
      label: 'Company',
      hint: 'sandbox-quickbooks for the sandbox companies of a developer account.',
      options: ['quickbooks', 'sandbox-quickbooks'],
      default: 'quickbooks',
    },
  },
  account: {
    request: 'GET /companyinfo/{realm_id}?minorversion=75',
    // The answer does not repeat the realm id, and the Id in it is 1 in every company.
    id: '{realm_id}',
    label: 'CompanyInfo.CompanyName',
  },
  api: {
    base: 'https://{api}.api.intuit.com/v3/company/{realm_id}',
    version: 'v3',
    errors: [
      { status: 403, body: ['fault.error.0.code', '3100'], code: 'permission_denied' },
      { status: 400, body: ['Fault.Error.0.code', '610'], code: 'not_found' },
      { status: 400, body: ['Fault.Error.0.code', '5010'], code: 'conflict' },
      { status: 400, body: ['Fault.Error.0.code', '6240'], code: 'conflict' },
    ],
    // https://developer.intuit.com/app/developer/qbo/docs/learn/rest-api-features#limits-and-throttles: of each company.
    limits: [{ requests: 500, windowS: 60 }],
    message: ['Fault.Error.0.Detail', 'Fault.Error.0.Message', 'fault.error.0.message'],
    omit: /^(domain|sparse)$/,
  },
  sources: { invoice_id: 'query' },
  tools: () => ({
    query: tool({
      about: 'Query customers, invoices, payments, items, bills or accounts of QuickBooks with its SQL-like language.',
      input: {
        statement: z
          .string()
          .min(1)
          .describe(
            "SELECT * FROM Invoice WHERE Balance > '0' ORDERBY TxnDate DESC STARTPOSITION 1 MAXRESULTS 50; 100 come unless told, 1000 at the most",
          ),
      },
      request: 'GET /query?minorversion=75&query={statement}',
      pick: 'QueryResponse',
    }),
    get_invoice: tool({
      about: 'Read one invoice of QuickBooks with its lines and what is still to be paid.',
      input: { invoice_id: z.string() },
      request: 'GET /invoice/{invoice_id}?minorversion=75',
      pick: 'Invoice',
    }),
    create_customer: tool({
      about: 'Make a customer in QuickBooks. The display name must not be taken.',
      input: {
        DisplayName: z.string().min(1),
        PrimaryEmailAddr: z.strictObject({ Address: z.email() }).optional(),
        CompanyName: z.string().optional(),
        Notes: z.string().optional(),
      },
      request: 'POST /customer?minorversion=75',
      pick: 'Customer',
    }),
    create_invoice: tool({
      about: 'Make an invoice in QuickBooks. It is not sent. Each call makes another one.',
      input: {
        CustomerRef: reference,
        Line: z.array(line).min(1),
        DueDate: z.iso.date().optional(),
        DocNumber: z.string().optional(),
      },
      request: 'POST /invoice?minorversion=75',
      pick: 'Invoice',
    }),
    get_profit_and_loss: tool({
      about: 'Read the profit and loss report of QuickBooks for a time.',
      input: { start_date: z.iso.date(), end_date: z.iso.date() },
      request: 'GET /reports/ProfitAndLoss?minorversion=75&start_date={start_date}&end_date={end_date}',
    }),
  }),
})
