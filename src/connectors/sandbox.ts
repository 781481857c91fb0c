import * as z from 'zod'
import { apiKey, connector, cursor, file, link, oauth2, oauth2Device, tool } from '../catalog/define.ts'

const limit = { limit: z.int().min(1).max(100).optional() }
const perPage = { per_page: z.int().min(1).max(100).optional() }
const message = { id: z.string().describe('Id of the message, such as msg_00001…') }
const letter = {
  to: z.array(z.email()).min(1),
  cc: z.array(z.email()).min(1).optional(),
  subject: z.string().min(1),
  text: z.string(),
}
const project = { project: z.string().describe('Key of the project') }
const issue = { ...project, number: z.int().min(1) }
const document = { id: z.string().describe('Id of the file, such as doc_00001…') }
const payment = { id: z.string().describe('Id of the payment, such as pay_00001…') }

const texts = z.array(z.string())
const mailFields = {
  id: z.string(),
  folder: z.enum(['inbox', 'sent', 'drafts']),
  from: z.string(),
  to: texts,
  cc: texts,
  subject: z.string(),
  unread: z.boolean(),
  date: z.string(),
}
const mailOut = z.object({ ...mailFields, text: z.string() })
const issueOut = z.object({
  project: z.string(),
  number: z.int(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['open', 'closed']),
  labels: texts,
  author: z.string(),
  assignee: z.string().nullable(),
  comments: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
  closed_at: z.string().nullable(),
})
const commentOut = z.object({ id: z.string(), author: z.string(), body: z.string(), created_at: z.string() })
const paymentOut = z.object({
  id: z.string(),
  amount: z.int(),
  amount_refunded: z.int(),
  currency: z.string(),
  customer: z.string(),
  description: z.string().nullable(),
  status: z.string(),
  created_at: z.string(),
})

const oauthServer = {
  token: '{base}/oauth/token',
  revoke: '{base}/oauth/revoke',
  scopes: ['mail', 'issues', 'payments', 'offline_access'],
  // Registered there from the start. It opens made-up accounts alone, so its secret is none.
  client: { id: 'clawlink-sandbox', secret: 'sandbox-app-secret' },
}

/** ClawLink's own practice provider: mail, issues and payments on this machine, made up and free to break. */
export const sandbox = connector({
  name: 'Sandbox',
  category: 'practice',
  about: 'A practice provider on this machine: made-up mail, issues and payments to try tools on without harm.',
  auth: [
    apiKey({
      label: 'API key',
      advice:
        'The sandbox shows its API key when it starts: with ClawLink by `npm start -- --sandbox`, or alone by `npx clawlink sandbox`.',
    }),
    oauth2({
      label: 'Sandbox account',
      advice: 'Choose one of its two made-up people and what ClawLink may do.',
      ...oauthServer,
      authorize: '{base}/oauth/authorize',
      pkce: 'required',
      issuer: '{base}/oauth',
      issuerRequired: true,
    }),
    oauth2({
      id: 'odd',
      label: 'Sandbox account at its odd sign-in',
      advice: 'The same people behind a sign-in that keeps to no standard, as some real ones do.',
      authorize: '{base}/odd/authorize',
      authorizeParams: { audience: 'sandbox' },
      pkce: 'off',
      token: '{base}/odd/token',
      refreshParams: { client_id: '', client_key: '{client_id}' },
      revoke: { url: '{base}/odd/revoke', method: 'DELETE', by: 'bearer' },
      scopes: ['mail', 'issues', 'payments'],
      scopeSeparator: ',',
      answer: { error: 'error', errorText: 'error_message' },
      keepFromCallback: { team: 'team' },
      client: { id: 'odd-app', secret: 'odd-secret' },
    }),
    oauth2Device({ id: 'device', ...oauthServer, device: '{base}/oauth/device' }),
  ],
  account: { request: 'GET /me', id: 'id', label: 'email' },
  api: {
    base: 'http://127.0.0.1:9078',
    version: '2026-01-01',
    headers: { 'sandbox-version': '2026-01-01' },
    errors: [
      { status: 200, body: ['ok', false], code: 'provider_unavailable' },
      { status: 403, body: ['error.code', 'missing_scope'], code: 'missing_scope' },
      { status: 422, code: 'validation_error', message: 'error.fields' },
    ],
    retry: [{ header: 'x-ratelimit-reset', unit: 'epoch_s' }],
    // Only where it was started with a rate limit; which, its answers alone say.
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
        unit: 'epoch_s',
        max: 'x-ratelimit-limit',
      },
    ],
    message: ['error.message', 'error'],
  },
  sources: { project: 'list_projects', number: 'list_issues', customer: 'list_customers' },
  tools: () => ({
    whoami: tool({
      about: 'Who am I at the sandbox: the account of the API key and the scopes that the key has.',
      input: {},
      request: 'GET /me',
    }),

    list_folders: tool({
      about: 'List the mail folders of the sandbox with how many messages and unread ones each holds.',
      input: {},
      request: 'GET /mail/folders',
      pick: 'folders',
      scopes: ['mail'],
    }),
    search_messages: tool({
      about:
        'Search or list mail (email messages) in the sandbox, newest first. Gives a snippet of each, not its text.',
      input: {
        q: z.string().optional().describe('Words that must all occur in sender, recipients, subject or text'),
        folder: z.enum(['inbox', 'sent', 'drafts']).optional(),
        ...limit,
      },
      request: 'GET /mail/messages{?q,folder,limit}',
      page: cursor('cursor', 'next_cursor'),
      pick: 'messages',
      scopes: ['mail'],
      output: z.array(z.object({ ...mailFields, snippet: z.string() })),
    }),
    get_message: tool({
      about: 'Read one mail (email message) in the sandbox with its whole text.',
      input: message,
      request: 'GET /mail/messages/{id}',
      scopes: ['mail'],
      output: mailOut,
    }),
    send_message: tool({
      about: 'Send a mail (email message) from the sandbox account. Each call sends another one.',
      input: letter,
      request: 'POST /mail/messages',
      scopes: ['mail'],
      output: mailOut,
    }),
    create_draft: tool({
      about: 'Write a mail (email message) into the drafts folder of the sandbox without sending it.',
      input: letter,
      request: 'POST /mail/drafts',
      scopes: ['mail'],
      output: mailOut,
    }),
    delete_message: tool({
      about: 'Delete a mail (email message) in the sandbox for good.',
      input: message,
      request: 'DELETE /mail/messages/{id}',
      scopes: ['mail'],
    }),

    list_projects: tool({
      about: 'List the projects of the sandbox with their keys and how many issues are open in each.',
      input: {},
      request: 'GET /projects',
      pick: 'projects',
      scopes: ['issues'],
      output: z.array(z.object({ key: z.string(), name: z.string(), description: z.string(), open_issues: z.int() })),
    }),
    list_issues: tool({
      about: 'List the issues (tickets, bugs, tasks) of a project in the sandbox, newest first, closed ones too.',
      input: {
        ...project,
        state: z.enum(['open', 'closed', 'all']).optional(),
        label: z.string().optional(),
        ...perPage,
      },
      request: 'GET /projects/{project}/issues{?state,label,per_page}',
      page: link(),
      scopes: ['issues'],
      output: z.array(issueOut),
    }),
    get_issue: tool({
      about: 'Read one issue of a project in the sandbox.',
      input: issue,
      request: 'GET /projects/{project}/issues/{number}',
      scopes: ['issues'],
      output: issueOut,
    }),
    create_issue: tool({
      about: 'Open a new issue (ticket, bug, task) in a project of the sandbox. Each call makes another one.',
      input: {
        ...project,
        title: z.string().min(1),
        body: z.string().optional(),
        labels: z.array(z.string()).optional(),
        assignee: z.string().nullable().optional(),
      },
      request: 'POST /projects/{project}/issues',
      scopes: ['issues'],
      output: issueOut,
    }),
    update_issue: tool({
      about: 'Change an issue in the sandbox: edit it, close or reopen it, assign it. Labels replace the old ones.',
      input: {
        ...issue,
        title: z.string().min(1).optional(),
        body: z.string().optional(),
        state: z.enum(['open', 'closed']).optional(),
        labels: z.array(z.string()).optional(),
        assignee: z.string().nullable().optional().describe('null takes the assignee off'),
      },
      request: 'PATCH /projects/{project}/issues/{number}',
      idempotency: 'natural',
      scopes: ['issues'],
      output: issueOut,
    }),
    list_comments: tool({
      about: 'List the comments of an issue in the sandbox, oldest first.',
      input: { ...issue, ...perPage },
      request: 'GET /projects/{project}/issues/{number}/comments{?per_page}',
      page: link(),
      scopes: ['issues'],
      output: z.array(commentOut),
    }),
    comment_on_issue: tool({
      about: 'Add a comment to an issue in the sandbox. Each call adds another one.',
      input: { ...issue, body: z.string().min(1) },
      request: 'POST /projects/{project}/issues/{number}/comments',
      scopes: ['issues'],
      output: commentOut,
    }),

    list_files: tool({
      about: 'List the files (documents) of the sandbox with their sizes and SHA-256, newest first.',
      input: {},
      request: 'GET /files',
      pick: 'files',
    }),
    upload_file: tool({
      about: 'Upload a file to the sandbox under a name. Replaces the file that has that name.',
      input: { name: z.string().min(1), file: file() },
      request: 'PUT /files/named/{name}',
      upload: { kind: 'raw', file: 'file' },
    }),
    attach_file: tool({
      about: 'Upload a file to the sandbox by a form, with a note. Each call adds another one.',
      input: { file: file(), note: z.string().optional() },
      request: 'POST /files',
      upload: { kind: 'multipart', file: 'file' },
    }),
    upload_large_file: tool({
      about: 'Upload a large file to the sandbox in parts that can be gone on with when the connection breaks.',
      input: { name: z.string().min(1), file: file() },
      request: 'POST /files/uploads',
      upload: {
        kind: 'resumable',
        file: 'file',
        session: { header: 'location' },
        progress: 'range',
        chunkBytes: 4 * 1024 * 1024,
        told: { mediaType: 'x-upload-content-type', bytes: 'x-upload-content-length' },
      },
    }),
    upload_file_in_ranges: tool({
      about: 'Upload a large file to the sandbox in parts, in the other way of telling how far it is.',
      input: { name: z.string().min(1), file: file() },
      request: 'POST /files/uploads?style=ranges',
      upload: {
        kind: 'resumable',
        file: 'file',
        session: { body: 'uploadUrl' },
        progress: 'expected_ranges',
        chunkBytes: 4 * 1024 * 1024,
      },
    }),
    download_file: tool({
      about: 'Download a file of the sandbox. Large ones are not kept there; download_sample has large ones.',
      input: document,
      request: 'GET /files/{id}/content',
      download: { name: 'id' },
    }),
    download_sample: tool({
      about: 'Download a sample file of any size from the sandbox.',
      input: {
        bytes: z
          .int()
          .min(0)
          .max(1024 * 1024 * 1024)
          .optional(),
      },
      request: 'GET /files/sample{?bytes}',
      download: { name: 'bytes' },
    }),
    delete_file: tool({
      about: 'Delete a file of the sandbox for good.',
      input: document,
      request: 'DELETE /files/{id}',
    }),

    list_customers: tool({
      about: 'List the customers who can be charged in the sandbox, newest first.',
      input: limit,
      request: 'GET /customers{?limit}',
      page: cursor('cursor', 'next_cursor'),
      pick: 'customers',
      scopes: ['payments'],
      output: z.array(z.object({ id: z.string(), name: z.string(), email: z.string() })),
    }),
    list_payments: tool({
      about: 'List the payments (charges) in the sandbox, newest first, of one customer or of all.',
      input: { customer: z.string().optional().describe('Id of the customer'), ...limit },
      request: 'GET /payments{?customer,limit}',
      page: cursor('cursor', 'next_cursor'),
      pick: 'payments',
      scopes: ['payments'],
      output: z.array(paymentOut),
    }),
    get_payment: tool({
      about: 'Read one payment (charge) in the sandbox with how much of it was paid back.',
      input: payment,
      request: 'GET /payments/{id}',
      scopes: ['payments'],
      output: paymentOut,
    }),
    create_payment: tool({
      about: 'Charge a customer of the sandbox: make a payment. Amounts are whole cents: 1250 is 12.50.',
      input: {
        amount: z.int().min(1).describe('In minor units, such as cents'),
        currency: z
          .string()
          .regex(/^[a-z]{3}$/)
          .meta({ examples: ['eur'] }),
        customer: z.string().describe('Id of the customer'),
        description: z.string().optional(),
      },
      request: 'POST /payments',
      idempotency: { header: 'Idempotency-Key' },
      scopes: ['payments'],
      output: paymentOut,
    }),
    refund_payment: tool({
      about: 'Pay back a payment in the sandbox, in part or all that is left of it. Twice pays back twice.',
      input: { ...payment, amount: z.int().min(1).optional().describe('In minor units; all that is left unless told') },
      request: 'POST /payments/{id}/refund',
      effect: 'destructive',
      scopes: ['payments'],
      output: z.object({ id: z.string(), payment: z.string(), amount: z.int(), currency: z.string() }),
    }),
    start_report: tool({
      about: 'Make a report about all payments or refunds of the sandbox: how many and how much. Takes some seconds.',
      input: {
        about: z.enum(['payments', 'refunds']),
        seconds: z.int().min(0).max(3600).optional().describe('How long it takes; 10 unless told'),
      },
      request: 'POST /reports',
      effect: 'read',
      scopes: ['payments'],
      job: {
        poll: 'get_report',
        args: { id: 'id' },
        state: 'status',
        done: ['done'],
        failed: ['failed'],
        message: 'reason',
        percent: 'percent',
        everyS: 2,
        callback: 'callback_url',
      },
    }),
    get_report: tool({
      about: 'How far a report of the sandbox is, and what it says once it is done.',
      input: { id: z.string().describe('Id of the report, such as rep_00001…') },
      request: 'GET /reports/{id}',
      scopes: ['payments'],
    }),
  }),
})
