/** The sandbox connector and the real sandbox, over real HTTP: what the one says is what the other does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCatalog, type Tools } from '../catalog/catalog.ts'
import { nextPage, requestPage } from '../catalog/page.ts'
import { valueAt } from '../catalog/paths.ts'
import { buildRequest } from '../catalog/request.ts'
import { signIn } from '../sandbox/sign-in.ts'
import { type Sandbox, startSandbox } from '../sandbox/start.ts'
import { sandbox as connector } from './sandbox.ts'

let sandbox: Sandbox
let tools: Tools

beforeAll(async () => {
  sandbox = await startSandbox()
  tools = buildCatalog({ sandbox: connector }, { sandbox: sandbox.url }).tools
})
afterAll(() => sandbox.stop())

type Answer = { status: number; body: unknown; picked: unknown; next: string | undefined }

async function call(
  name: string,
  args: Record<string, unknown> = {},
  next?: string,
  callId = 'call_1',
): Promise<Answer> {
  const tool = tools.get(`sandbox_${name}`)
  if (!tool) throw new Error(`there is no tool ${name}`)
  const built = buildRequest(tool, args, callId)
  if ('field' in built) throw new Error(`${built.field} ${built.problem}`)
  const request = next === undefined ? built : requestPage(tool, built, next)
  if (!request) throw new Error('not a next of this tool')
  const { method, url, headers, body = null } = request
  const response = await fetch(url, {
    method,
    body,
    headers: { ...headers, authorization: `Bearer ${sandbox.apiKey}` },
  })
  const text = await response.text()
  const value: unknown = text === '' ? null : JSON.parse(text)
  return {
    status: response.status,
    body: value,
    picked: tool.row.pick === undefined ? value : valueAt(value, tool.row.pick),
    next: nextPage(tool, { url, linkHeader: response.headers.get('link') ?? undefined, body: value }),
  }
}

/** The picked rows of all pages, two a page. */
async function allRows(name: string, args: Record<string, unknown>, size: string): Promise<unknown[]> {
  const rows: unknown[] = []
  let next: string | undefined
  do {
    const answer = await call(name, { ...args, [size]: 2 }, next)
    expect(answer.status).toBe(200)
    rows.push(...(answer.picked as unknown[])) // every paged tool picks a list
    next = answer.next
  } while (next !== undefined)
  return rows
}

test('the account is named by what the connector reads', async () => {
  const { body } = await call('whoami')
  const [account] = sandbox.accounts
  const { id = '', label = '' } = connector.account
  expect([valueAt(body, id), valueAt(body, label)]).toEqual([account.id, account.email])
})

describe('the sandbox lets in the app that comes with each of its ways to sign in', () => {
  const ways = connector.auth.filter(auth => auth.kind === 'oauth2')

  test.each(ways)('$id', async ({ authorize, authorizeParams, client, scopes, scopeSeparator, pkce }) => {
    const url = new URL(authorize.replace('{base}', sandbox.url))
    const params = {
      response_type: 'code',
      client_id: client?.id ?? '',
      redirect_uri: 'http://127.0.0.1:7070/connect/callback',
      scope: scopes.join(scopeSeparator ?? ' '),
      ...authorizeParams,
      ...(pkce !== 'off' && { code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' }),
    }
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
    const { location } = await signIn(url)
    expect(location?.searchParams.get('code')).toEqual(expect.any(String))
  })

  test('device', async () => {
    const way = connector.auth.find(auth => auth.kind === 'oauth2_device')
    const response = await fetch(way?.device.replace('{base}', sandbox.url) ?? '', {
      method: 'POST',
      body: new URLSearchParams({
        client_id: way?.client?.id ?? '',
        client_secret: way?.client?.secret ?? '',
        scope: way?.scopes.join(' ') ?? '',
      }),
    })
    expect(await response.json()).toMatchObject({ user_code: expect.any(String) })
  })
})

test('mail can be found, read, sent, drafted and deleted', async () => {
  const folders = (await call('list_folders')).picked
  expect(folders).toMatchObject([{ name: 'inbox' }, { name: 'sent' }, { name: 'drafts' }])
  const letter = { to: ['ada@example.com'], cc: ['bob@example.com'], subject: 'Sandbox test', text: 'Hello.' }
  for (const [tool, folder] of [
    ['send_message', 'sent'],
    ['create_draft', 'drafts'],
  ] as const) {
    const made = await call(tool, letter)
    expect(made).toMatchObject({ status: 201, body: { ...letter, folder } })
    const id = valueAt(made.body, 'id')
    expect((await call('search_messages', { q: 'sandbox test', folder })).picked).toMatchObject([{ id }])
    expect(await call('get_message', { id })).toMatchObject({ status: 200, body: { id, text: 'Hello.' } })
    expect((await call('delete_message', { id })).status).toBe(204)
    expect((await call('get_message', { id })).status).toBe(404)
  }
})

test('issues can be listed, opened, changed and commented on', async () => {
  const projects = (await call('list_projects')).picked
  const project = valueAt(projects, '0.key')
  const made = await call('create_issue', {
    project,
    title: 'A bug',
    body: 'It breaks.',
    labels: ['bug'],
    assignee: null,
  })
  expect(made).toMatchObject({ status: 201, body: { title: 'A bug', state: 'open', labels: ['bug'] } })
  const issue = { project, number: valueAt(made.body, 'number') }
  const changed = { state: 'closed', labels: ['done'], assignee: 'ada', title: 'A bug, fixed', body: 'It works.' }
  expect(await call('update_issue', { ...issue, ...changed })).toMatchObject({ status: 200, body: changed })
  expect(await call('get_issue', issue)).toMatchObject({ status: 200, body: changed })
  expect((await call('list_issues', { project, state: 'closed', label: 'done' })).picked).toMatchObject([issue])
  expect(await call('comment_on_issue', { ...issue, body: 'Thanks.' })).toMatchObject({ status: 201 })
  expect((await call('list_comments', issue)).picked).toMatchObject([{ body: 'Thanks.' }])
})

test('customers can be charged once for each call, and paid back', async () => {
  const customer = valueAt((await call('list_customers', { limit: 1 })).picked, '0.id')
  const charge = { amount: 1250, currency: 'eur', customer, description: 'Tea' }
  const made = await call('create_payment', charge, undefined, 'call_a')
  expect(made).toMatchObject({ status: 201, body: charge })
  expect((await call('create_payment', charge, undefined, 'call_a')).body).toEqual(made.body)
  expect((await call('create_payment', charge, undefined, 'call_b')).body).not.toEqual(made.body)
  const id = valueAt(made.body, 'id')
  expect(await call('refund_payment', { id, amount: 250 })).toMatchObject({ status: 201, body: { amount: 250 } })
  expect(await call('refund_payment', { id })).toMatchObject({ status: 201, body: { amount: 1000 } })
  expect(await call('refund_payment', { id })).toMatchObject({ status: 409 })
  expect(await call('get_payment', { id })).toMatchObject({ status: 200, body: { status: 'refunded' } })
})

describe('all pages together hold every row once', () => {
  test.each(['list_customers', 'list_payments'])('%s', async name => {
    const rows = await allRows(name, {}, 'limit')
    const store = name === 'list_customers' ? sandbox.store.customers : sandbox.store.payments
    expect(rows.map(row => valueAt(row, 'id'))).toEqual(store.map(({ id }) => id).toReversed())
  })

  test('search_messages', async () => {
    const rows = await allRows('search_messages', { folder: 'inbox' }, 'limit')
    expect(rows).toHaveLength(sandbox.store.messages.filter(({ folder }) => folder === 'inbox').length)
  })

  test('list_issues and list_comments', async () => {
    const [first] = sandbox.store.issues.filter(({ comments }) => comments > 2)
    if (!first) throw new Error('no issue has three comments')
    const issues = await allRows('list_issues', { project: first.project }, 'per_page')
    expect(issues).toHaveLength(sandbox.store.issues.filter(({ project }) => project === first.project).length)
    expect(await allRows('list_comments', { project: first.project, number: first.number }, 'per_page')).toHaveLength(
      first.comments,
    )
  })
})
