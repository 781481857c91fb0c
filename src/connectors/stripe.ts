import * as z from 'zod'
import { apiKey, connector, cursor, tool } from '../catalog/define.ts'

const key = { header: 'Idempotency-Key' }
const metadata = z.record(z.string(), z.string()).optional()
const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .meta({ examples: ['eur'] })
const minor = z.int().min(1).describe('In the smallest unit: 1250 is 12.50, but 1250 yen')
const search = (of: string) => ({
  query: z.string().min(1).describe(`${of}; joined by AND or OR`),
  limit: z.int().min(1).max(100).optional(),
})
const next = cursor('page', 'next_page')
const money = { amount: z.int(), currency: z.string() }
const customer = z.object({
  id: z.string(),
  email: z.string().nullable().optional(),
  name: z.string().nullable().optional(),
})
const invoice = z.object({ id: z.string(), status: z.string().nullable(), total: z.int(), currency: z.string() })

/** Stripe's API, which takes forms: https://docs.stripe.com/api. */
export const stripe = connector({
  name: 'Stripe',
  about: 'Customers, payments, invoices, subscriptions, payment links and refunds of a Stripe account.',
  category: 'payments',
  auth: [
    apiKey({
      label: 'restricted or secret API key',
      console: 'https://dashboard.stripe.com/apikeys',
      advice:
        'Make a restricted key (rk_) with read on Balance, by which it is checked, and on what agents may see (Customers, ' +
        'Payment Intents, Invoices, Subscriptions), and write only on what they may change. Keys with _test_ reach test data alone.',
      example: 'rk_live_…',
    }),
  ],
  // Not GET /account, which would name it: Stripe refuses that to restricted keys, whatever they may see.
  account: { request: 'GET /balance' },
  api: {
    base: 'https://api.stripe.com/v1',
    body: 'form',
    versionHeader: 'stripe-version',
    // https://docs.stripe.com/error-low-level
    errors: [
      { status: 400, body: ['error.type', 'idempotency_error'], code: 'idempotency_conflict' },
      { status: 402, code: 'conflict', message: 'error.message' },
      { status: 403, code: 'missing_scope' },
      { status: 409, code: 'conflict' },
      { status: 429, code: 'rate_limited' },
    ],
    // https://docs.stripe.com/rate-limits: of a live account; a sandbox has 25.
    limits: [{ requests: 100, windowS: 1 }],
    message: ['error.message'],
    omit: /^(object|livemode)$/,
  },
  sources: { customer: 'search_customers', payment_intent: 'search_payments', invoice: 'search_invoices' },
  tools: () => ({
    get_balance: tool({
      about: 'Read the balance of the Stripe account: what is available and what is still pending.',
      input: {},
      request: 'GET /balance',
      output: z.object({ available: z.array(z.object(money)), pending: z.array(z.object(money)) }),
    }),
    search_customers: tool({
      about: 'Search the customers of Stripe by email, name, phone or metadata. New ones appear after a minute.',
      input: search("email:'ada@example.com', name~'ada', metadata['plan']:'pro'"),
      request: 'GET /customers/search{?query,limit}',
      page: next,
      pick: 'data',
      output: z.array(customer),
    }),
    create_customer: tool({
      about: 'Make a customer in Stripe. Each call makes another one, also with the same email.',
      input: {
        email: z.email().optional(),
        name: z.string().optional(),
        phone: z.string().optional(),
        description: z.string().optional(),
        metadata,
      },
      request: 'POST /customers',
      idempotency: key,
      output: customer,
    }),
    search_payments: tool({
      about: 'Search the payments (payment intents, charges) of Stripe by customer, status or amount.',
      input: search("customer:'cus_123', status:'succeeded', amount>1000"),
      request: 'GET /payment_intents/search{?query,limit}',
      page: next,
      pick: 'data',
      output: z.array(z.object({ id: z.string(), ...money, status: z.string() })),
    }),
    search_invoices: tool({
      about: 'Search the invoices of Stripe by customer, status, number or total.',
      input: search("customer:'cus_123', status:'open', total>1000"),
      request: 'GET /invoices/search{?query,limit}',
      page: next,
      pick: 'data',
      output: z.array(invoice),
    }),
    search_subscriptions: tool({
      about: 'Search the subscriptions of Stripe by status or metadata.',
      input: search("status:'active', metadata['plan']:'pro'"),
      request: 'GET /subscriptions/search{?query,limit}',
      page: next,
      pick: 'data',
      output: z.array(z.object({ id: z.string(), status: z.string() })),
    }),
    create_invoice: tool({
      about: 'Make a draft invoice in Stripe for a customer. Add to it with create_invoice_item; it is not sent.',
      input: {
        customer: z.string().describe('cus_…'),
        collection_method: z.enum(['charge_automatically', 'send_invoice']),
        days_until_due: z.int().min(0).optional().describe('With send_invoice'),
        auto_advance: z.boolean().optional().describe('true finalizes it without being asked'),
        description: z.string().optional(),
      },
      request: 'POST /invoices',
      idempotency: key,
      output: invoice,
    }),
    create_invoice_item: tool({
      about: 'Add a line to a draft invoice of Stripe, or to the next one of a customer.',
      input: {
        customer: z.string().describe('cus_…'),
        invoice: z.string().optional().describe('in_…'),
        amount: minor,
        currency,
        description: z.string().optional(),
      },
      request: 'POST /invoiceitems',
      idempotency: key,
      output: z.object({ id: z.string(), ...money }),
    }),
    refund_payment: tool({
      about: 'Pay back a payment of Stripe, in part or all that is left of it.',
      input: {
        payment_intent: z.string().describe('pi_…'),
        amount: minor.optional(),
        reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
      },
      request: 'POST /refunds',
      effect: 'destructive',
      idempotency: key,
      output: z.object({ id: z.string(), ...money, status: z.string().nullable() }),
    }),
  }),
})
