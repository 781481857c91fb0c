/** Calls that cannot be made: unknown tools, wrong arguments, no fitting account. Nothing is sent, one row is left. */
import { describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { legacy } from '../kit/mcp-messages.ts'
import { messagesOf, type Said } from '../kit/mcp-wire.ts'
import { ask, play, playOn, type Scenario, surfaces } from '../kit/scenario.ts'
import { account, letter, otherAccount, read, write } from './tools.ts'

const refused = (answer: Omit<Scenario['answer'], 'outcome'>, status = 400) => ({
  sent: [],
  status,
  answer: { outcome: 'failed' as const, retryable: false, ...answer },
})
const invalid = (answer: Omit<Scenario['answer'], 'outcome' | 'code'>) =>
  refused({ code: 'validation_error', ...answer })

/** Calls what an endpoint of MCP lists. */
async function callAt(claw: TestClawLink, path: string, name: string, args: object): Promise<Said | undefined> {
  const { headers, body } = legacy('tools/call', { name, arguments: args })
  const signed = { ...headers, authorization: `Bearer ${claw.key}` }
  const { text } = await claw.http({ method: 'POST', path, headers: signed, body })
  return messagesOf(text)[0]
}

test('an argument of ClawLink’s own over MCP is left out where it is null or empty, and refused by its type', async () => {
  await using claw = await startClawLink()
  const tool = 'sandbox_list_payments'
  const structuredContent = { outcome: 'succeeded', tool }
  const none = { connection: null, next: '', all: null }
  expect(await callAt(claw, '/mcp?provider=sandbox', tool, { limit: 1, ...none })).toMatchObject({
    result: { structuredContent },
  })
  const wish = { tool, arguments: null, ...none, wait: null, idempotencyKey: null }
  expect(await callAt(claw, '/mcp', 'clawlink_call_tool', wish)).toMatchObject({ result: { structuredContent } })
  for (const [field, problem] of [
    ['connection', 'must be string'],
    ['all', 'must be boolean'],
  ] as const) {
    const error = { code: 'validation_error', invalidFields: [{ field, problem }] }
    const refused = await callAt(claw, '/mcp?provider=sandbox', tool, { [field]: 5 })
    expect(refused).toMatchObject({ result: { structuredContent: { error } } })
  }
  expect(claw.sandbox.requests).toHaveLength(2)
})

describe('an unknown tool', () => {
  const unknown = (tool: string, choices: unknown) => ({
    tool,
    ...refused({ code: 'tool_not_found', choices }, 404),
  })
  play([
    {
      guarantee: 'is answered with the nearest names',
      ...unknown('sandbox_send_mesage', expect.arrayContaining(['sandbox_send_message'])),
      afterwards: (_, { message }) =>
        expect(message).toBe('There is no tool "sandbox_send_mesage". Did you mean sandbox_send_message?'),
    },
    {
      guarantee: 'of another provider is answered with what there is',
      ...unknown('backlog_create_issue', expect.arrayContaining(['github_create_issue', 'gitlab_create_issue'])),
    },
    {
      guarantee: 'that is like nothing is answered without a guess',
      ...refused({ code: 'tool_not_found' }, 404),
      tool: 'qqqqqqqq',
      afterwards: (_, answer) => expect(answer).not.toHaveProperty('choices'),
    },
    { guarantee: 'in capital letters is another tool', ...unknown('SANDBOX_WHOAMI', expect.anything()) },
  ])

  test('called over MCP as if it were listed is answered with what to do', async () => {
    await using claw = await startClawLink()
    for (const [path, name, fix] of [
      ['/mcp', 'sandbox_whoami', 'Give it to clawlink_call_tool as its `tool`.'],
      ['/mcp', 'sandbox_send_mesage', 'List the tools first.'],
      ['/mcp?provider=github', 'sandbox_whoami', 'List the tools first.'],
    ] as const) {
      const message = `There is no tool "${name}" in this list. ${fix}`
      expect(await callAt(claw, path, name, {})).toMatchObject({ error: { code: -32602, message } })
    }
    expect(claw.sandbox.requests).toEqual([])
  })

  test.each(surfaces)('is recorded by the name that was asked for (%s)', async surface => {
    await using claw = await startClawLink()
    await ask(claw, surface, { tool: 'sandbox_send_mesage' })
    expect(await claw.rows('usage')).toMatchObject([
      { tool: 'sandbox_send_mesage', provider: '', effect: '', connection_id: '', code: 'tool_not_found', attempts: 0 },
    ])
  })
})

describe('arguments', () => {
  play([
    {
      guarantee: 'that are missing are named, with the schema',
      tool: 'sandbox_send_message',
      args: { subject: 'Hi' },
      ...invalid({
        missingFields: ['to', 'text'],
        message: 'The arguments of sandbox_send_message are not valid: missing: to, text.',
        schema: { type: 'object', required: ['to', 'subject', 'text'], properties: { to: {}, cc: {} } },
      }),
    },
    {
      guarantee: 'that an agent cannot know are named with the tool that supplies them',
      tool: 'sandbox_get_issue',
      ...invalid({
        missingFields: ['project', 'number'],
        fix: expect.stringContaining('sandbox_list_projects supplies project. sandbox_list_issues supplies number.'),
      }),
    },
    {
      guarantee: 'of a wrong type are refused',
      tool: 'sandbox_get_issue',
      args: { project: 'website', number: 'one' },
      ...invalid({ invalidFields: [{ field: 'number', problem: 'must be integer' }] }),
    },
    {
      guarantee: 'that do not exist are refused',
      ...read,
      args: { folder: 'inbox' },
      ...invalid({ invalidFields: [{ field: 'folder', problem: 'is not an argument of this tool' }] }),
    },
    {
      guarantee: 'outside of a list of values are refused with the list',
      tool: 'sandbox_search_messages',
      args: { folder: 'spam' },
      ...invalid({ invalidFields: [{ field: 'folder', problem: 'must be one of inbox, sent, drafts' }] }),
    },
    {
      guarantee: 'that are wrong inside of a list are named by their place',
      tool: 'sandbox_send_message',
      args: { ...letter, to: ['zoe@gable.example', 'nobody'] },
      ...invalid({ invalidFields: [{ field: 'to.1', problem: 'must match format "email"' }] }),
    },
    {
      guarantee: 'that are wrong in several ways are all named at once',
      tool: 'sandbox_search_messages',
      args: { limit: 1000, folder: 'spam', page: 2 },
      ...invalid({}),
      afterwards: (_, { invalidFields = [] }) =>
        expect(invalidFields.map(({ field }) => field).toSorted()).toEqual(['folder', 'limit', 'page']),
    },
    {
      guarantee: 'that are plainly meant right are put right, and that is told',
      tool: 'sandbox_search_messages',
      args: { limit: '5', folder: null, q: 7 },
      sent: ['GET /mail/messages?q=7&limit=5'],
      status: 200,
      answer: {
        outcome: 'succeeded',
        coerced: [
          { field: 'q', from: '7', to: '"7"' },
          { field: 'folder', from: 'null', to: 'left out' },
          { field: 'limit', from: '"5"', to: '5' },
        ],
      },
      providerStatus: 200,
    },
  ])
})

describe('a path argument', () => {
  play([
    ...['..', '.', ''].map(id => ({
      guarantee: `${JSON.stringify(id)} would name another resource and is refused`,
      tool: 'sandbox_get_message',
      args: { id },
      ...invalid({ invalidFields: [{ field: 'id' }] }),
    })),
    ...(Object.entries({
      '../payments': '..%2Fpayments',
      'a/b': 'a%2Fb',
      '%2e%2e': '%252e%252e',
      'a?q=1#b&c': 'a%3Fq%3D1%23b%26c',
      'a\r\nx-injected: 1': 'a%0D%0Ax-injected%3A%201',
      'a\u0000b': 'a%00b',
      '…': '%E2%80%A6',
    }).map(([id, written]) => ({
      guarantee: `${JSON.stringify(id)} stays one segment of the path`,
      tool: 'sandbox_get_message',
      args: { id },
      sent: [`GET /mail/messages/${written}`],
      status: 404,
      answer: { outcome: 'failed', code: 'not_found', providerStatus: 404 } as const,
      afterwards({ sandbox }) {
        expect(sandbox.requests[0]?.headers).not.toHaveProperty('x-injected')
      },
    })) satisfies Scenario[]),
    {
      guarantee: 'in the query cannot add a header, a parameter or a request',
      tool: 'sandbox_search_messages',
      args: { q: 'a&limit=9\r\nx-injected: 1\r\n\r\nGET /me' },
      sent: ['GET /mail/messages?q=a%26limit%3D9%0D%0Ax-injected%3A%201%0D%0A%0D%0AGET%20%2Fme'],
      status: 200,
      answer: { outcome: 'succeeded', data: [] },
      providerStatus: 200,
    },
    {
      guarantee: 'that is not well-formed Unicode is refused',
      tool: 'sandbox_get_message',
      args: { id: 'a\ud800' },
      ...invalid({ invalidFields: [{ field: 'id', problem: 'must be well-formed Unicode' }] }),
    },
  ])
})

describe('a next', () => {
  const listing = { tool: 'sandbox_list_issues', args: { project: 'website', per_page: 1 } }
  const forged = (query: object) => Buffer.from(JSON.stringify(query)).toString('base64url')
  play([
    {
      guarantee: 'that was made up is refused',
      ...listing,
      next: 'page-2',
      ...invalid({ invalidFields: [{ field: 'next' }] }),
    },
    {
      guarantee: 'for a tool without pages is refused',
      ...read,
      next: forged({ page: '2' }),
      ...invalid({ invalidFields: [{ field: 'next' }] }),
    },
    {
      guarantee: 'that was forged stays at the path and the host of its tool',
      ...listing,
      next: forged({ page: '2', url: 'http://10.0.0.1/', '/../../me': '' }),
      sent: ['GET /projects/website/issues?per_page=1&page=2&url=http%3A%2F%2F10.0.0.1%2F&%2F..%2F..%2Fme='],
      status: 200,
      answer: { outcome: 'succeeded' },
      providerStatus: 200,
    },
  ])

  test.each(surfaces)('leads to the page after, until there is none (%s)', async surface => {
    await using claw = await startClawLink({ sandbox: { pageSize: 20 } })
    const numbers: unknown[] = []
    let next: string | undefined
    for (let page = 1; page === 1 || next !== undefined; page++) {
      const query = next === undefined ? '' : `&page=${page}`
      const answer = await playOn(claw, surface, {
        guarantee: '',
        tool: listing.tool,
        args: { project: 'website', per_page: 5 },
        ...(next !== undefined && { next }),
        sent: [`GET /projects/website/issues?per_page=5${query}`],
        status: 200,
        answer: { outcome: 'succeeded' },
        providerStatus: 200,
      })
      numbers.push(...(answer.data as { number: number }[]).map(({ number }) => number)) // as the sandbox answers
      next = answer.next
    }
    const all = claw.sandbox.store.issues.filter(({ project }) => project === 'website').map(({ number }) => number)
    expect(numbers).toEqual(all.toReversed())
  })
})

describe('the account', () => {
  describe('that is not connected', () => {
    play(
      [
        {
          guarantee: 'is asked for, with the command that connects it',
          ...write,
          ...refused(
            { code: 'not_connected', fix: expect.stringContaining('`clawlink connections add sandbox`') },
            409,
          ),
        },
      ],
      { connected: false },
    )
  })

  play([
    {
      guarantee: 'of an unknown id is not found, and the known ones are listed',
      ...write,
      connection: 'conn_unknown',
      ...refused({ code: 'connection_not_found', choices: [expect.stringContaining('mara@fernhollow.example')] }, 404),
    },
    {
      guarantee: 'can be named by its label',
      ...read,
      connection: 'mara@fernhollow.example',
      status: 200,
      answer: { outcome: 'succeeded', account: 'mara@fernhollow.example' },
      providerStatus: 200,
    },
  ])

  test.each(surfaces)('is never guessed when several fit (%s)', async surface => {
    await using claw = await startClawLink({ connected: false })
    const first = await claw.connect({ secret: account.apiKey })
    claw.clock.move(1)
    const second = await claw.connect({ secret: otherAccount.apiKey })
    await playOn(claw, surface, {
      guarantee: '',
      ...write,
      ...refused(
        {
          code: 'ambiguous_connection',
          choices: [first, second].map(({ id }) => expect.stringContaining(id)),
          fix: 'Name one of the listed connections in `connection`.',
        },
        409,
      ),
    })
  })
})
