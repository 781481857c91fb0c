import * as z from 'zod'
import { clientCredentials, connector, oauth2, pageNumber, tool } from '../catalog/define.ts'

// https://github.com/XeroAPI/Xero-OpenAPI, xero_accounting.yaml: pages only where one is asked for.
const page = pageNumber('page', { pages: 'pagination.pageCount', size: { default: 100 } })
const where = z.string().optional().describe('Xero filter: Status=="AUTHORISED" AND AmountDue>0')
const order = z.string().optional().describe('Such as UpdatedDateUTC DESC')
const key = { header: 'Idempotency-Key' }
const scopes = [
  'accounting.contacts',
  'accounting.invoices',
  'accounting.settings.read',
  'accounting.reports.profitandloss.read',
]

/** Xero's Accounting API 2.0: https://developer.xero.com/documentation/api/accounting/overview. */
export const xero = connector({
  name: 'Xero',
  about: 'Contacts, invoices, accounts and reports of a Xero organisation.',
  category: 'accounting',
  auth: [
    clientCredentials({
      label: 'custom connection',
      console: 'https://developer.xero.com/app/manage',
      advice: `Make an app of the type Custom connection (a paid one, for one organisation) with ${scopes.join(', ')}.`,
      token: 'https://identity.xero.com/connect/token',
      clientAuth: 'basic',
      scopes,
      lifetimeS: 1800,
    }),
    oauth2({
      label: 'Xero organisation',
      console: 'https://developer.xero.com/app/manage',
      authorize: 'https://login.xero.com/identity/connect/authorize',
      token: 'https://identity.xero.com/connect/token',
      revoke: 'https://identity.xero.com/connect/revocation',
      clientAuth: 'basic',
      scopes: ['offline_access', ...scopes],
      after: [{ url: 'https://api.xero.com/connections', keep: { tenant_id: '0.tenantId', tenant: '0.tenantName' } }],
      lifetimeS: 1800,
    }),
  ],
  account: { request: 'GET /Organisation', id: 'Organisations.0.OrganisationID', label: 'Organisations.0.Name' },
  api: {
    base: 'https://api.xero.com/api.xro/2.0',
    version: '2.0',
    headers: { 'xero-tenant-id': '{tenant_id}' },
    errors: [
      { status: 400, body: ['Type', 'ValidationException'], code: 'validation_error', message: 'Elements' },
      { status: 401, body: ['Detail', 'AuthorizationUnsuccessful'], code: 'missing_scope' },
    ],
    // https://developer.xero.com/documentation/guides/oauth2/limits/: of each organisation.
    limits: [{ name: 'minute', requests: 60, windowS: 60 }],
    hears: [
      { kind: 'plain', limit: 'minute', left: 'x-minlimit-remaining' },
      { kind: 'plain', left: 'x-daylimit-remaining' },
    ],
    message: ['Detail', 'Message'],
    omit: /^(ProviderName|DateTimeUTC|HasAttachments|HasErrors|ValidationErrors|IsDiscounted)$/,
  },
  sources: { invoice_id: 'list_invoices' },
  tools: () => ({
    list_contacts: tool({
      about: 'List or search the contacts (customers and suppliers) of Xero.',
      input: { searchTerm: z.string().optional().describe('In name, email or account number'), where, order },
      request: 'GET /Contacts?page=1{?searchTerm,where,order}',
      page,
      pick: 'Contacts',
    }),
    create_contacts: tool({
      about: 'Make contacts (customers, suppliers) in Xero, or change those of the same name.',
      input: {
        Contacts: z
          .array(
            z.strictObject({
              Name: z.string().min(1),
              EmailAddress: z.email().optional(),
              FirstName: z.string().optional(),
              LastName: z.string().optional(),
            }),
          )
          .min(1),
      },
      request: 'POST /Contacts',
      idempotency: key,
      pick: 'Contacts',
    }),
    list_invoices: tool({
      about: 'List the invoices and bills of Xero: sent ones, unpaid ones, those of a contact.',
      input: {
        where,
        order,
        Statuses: z.string().optional().describe('Comma-separated: DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED'),
        summaryOnly: z.boolean().optional().describe('true leaves out the lines'),
      },
      request: 'GET /Invoices?page=1{?where,order,Statuses,summaryOnly}',
      page,
      pick: 'Invoices',
    }),
    get_invoice: tool({
      about: 'Read one invoice or bill of Xero with its lines and payments.',
      input: { invoice_id: z.string().describe('InvoiceID or number') },
      request: 'GET /Invoices/{invoice_id}',
      pick: 'Invoices.0',
    }),
    create_invoices: tool({
      about: 'Make invoices (ACCREC) or bills (ACCPAY) in Xero, as drafts unless told. They are not sent.',
      input: {
        Invoices: z
          .array(
            z.strictObject({
              Type: z.enum(['ACCREC', 'ACCPAY']),
              Contact: z.strictObject({ ContactID: z.string() }),
              LineItems: z
                .array(
                  z.strictObject({
                    Description: z.string(),
                    Quantity: z.number(),
                    UnitAmount: z.number(),
                    AccountCode: z.string().optional(),
                  }),
                )
                .min(1),
              DueDate: z.iso.date().optional(),
              Status: z.enum(['DRAFT', 'SUBMITTED', 'AUTHORISED']).optional(),
            }),
          )
          .min(1),
      },
      request: 'POST /Invoices',
      idempotency: key,
      pick: 'Invoices',
    }),
    get_profit_and_loss: tool({
      about: 'Read the profit and loss report of Xero for a time.',
      input: { fromDate: z.iso.date().optional(), toDate: z.iso.date().optional() },
      request: 'GET /Reports/ProfitAndLoss{?fromDate,toDate}',
      pick: 'Reports.0',
    }),
  }),
})
