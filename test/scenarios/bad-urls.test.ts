/** Paths, methods and headers that no friendly client sends. */
import { describe, expect, test } from 'vitest'
import { startClawLink } from '../kit/clawlink.ts'
import { sharedClaw } from '../kit/shared-claw.ts'
import { letter } from './tools.ts'

const shared = sharedClaw(() => startClawLink())

describe('a path that names nothing is answered with 404 and the way to the documentation', () => {
  test.each([
    '/',
    '/nothing',
    '/tools/',
    '/tools//calls',
    '/tools/sandbox_whoami/',
    '/tools/sandbox_whoami/calls/',
    '/tools/sandbox_whoami/call',
    '/tools/sandbox_whoami/calls/x',
    '/WHOAMI',
    '/whoami%20',
    '/keyrings',
    '/settings',
  ])('%s', async path => {
    const claw = shared()
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await claw.rest(method, path, { body: method === 'POST' ? {} : undefined })
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found', retryable: false } })
      expect(answer.body.fix).toContain('/api/openapi.json')
    }
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toEqual([])
  })
})

test.each([
  ['GET', '/whoami'],
  ['GET', '/connections'],
  ['GET', '/health'],
  ['GET', '/tools/sandbox_whoami'],
  ['POST', '/tools/sandbox_whoami/calls'],
])('a name in the query that %s %s does not know is refused, and nothing is done', async (method, path) => {
  const claw = shared()
  const answer = await claw.rest(method, `${path}?colour=red`, { body: method === 'POST' ? {} : undefined })
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'validation_error', invalidFields: [{ field: 'colour', problem: 'is not known here' }] },
  })
  expect(claw.sandbox.requests).toEqual([])
})

describe('a name in a path', () => {
  const names = [
    '..',
    '.',
    '%2e%2e',
    '..%2f..%2fwhoami',
    'sandbox_whoami%2fcalls',
    'sandbox_whoami%00',
    '%00',
    'a%0d%0ax-injected:%201',
    '%ff',
    '%zz',
    '%',
    '%F0%9F%92%A9',
    "'%20or%201=1--",
    '%25',
    '*',
    'a'.repeat(5000),
  ]
  test.each(names)('such as %j is that of no tool, connection or call', async name => {
    const claw = shared()
    for (const [method, path] of [
      ['GET', `/tools/${name}`],
      ['POST', `/tools/${name}/preview`],
      ['POST', `/tools/${name}/calls`],
      ['GET', `/connections/${name}`],
      ['DELETE', `/connections/${name}`],
      ['GET', `/calls/${name}`],
    ] as const) {
      const answer = await claw.rest(method, path, { body: method === 'POST' ? { arguments: {} } : undefined })
      // Dots lead to another path, which may be there and take another method.
      const refused = method === 'POST' && /^(\.|%2e)+$/.test(name) ? [404, 405] : [404]
      expect(refused, `${method} ${path}`).toContain(answer.status)
      expect(answer.headers.get('x-injected')).toBeNull()
    }
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('connections')).toHaveLength(1)
    expect(claw.logged()).not.toContain('failed inside')
  })

  test.each(names)('such as %j matches nothing as a filter', async name => {
    await using claw = await startClawLink()
    await claw.call('sandbox_whoami')
    for (const path of [`/usage?tool=${name}`, `/usage?provider=${name}`, `/connections?provider=${name}`]) {
      const answer = await claw.rest('GET', path)
      expect([path, answer.status < 500, answer.body.items ?? []]).toEqual([path, true, []])
    }
    expect((await claw.rest('GET', `/usage?next=${name}`)).status).toBeLessThan(500)
    expect((await claw.rest('GET', `/tools?q=${name}`)).status).toBeLessThan(500)
  })

  test.each(['a\u0000b', '..', '\ud800', '💩'.repeat(25)])(
    'or in an argument of MCP such as %j is that of nothing',
    async name => {
      const claw = shared()
      for (const [tool, args] of [
        ['clawlink_describe_tool', { tool: name }],
        ['clawlink_call_tool', { tool: name }],
        ['clawlink_call_tool', { tool: 'sandbox_whoami', connection: name }],
        ['clawlink_get_call', { call_id: name }],
        ['clawlink_search_tools', { query: 'mail', provider: name }],
      ] as const) {
        const { status, body } = await claw.mcp('tools/call', { name: tool, arguments: args })
        expect([tool, status, body.result]).toMatchObject([tool, 200, { isError: true }])
      }
      const listed = await claw.mcp('tools/call', { name: 'clawlink_list_connections', arguments: { provider: name } })
      expect(listed.body.result).toMatchObject({ structuredContent: { items: [] } })
      expect(claw.sandbox.requests).toEqual([])
      expect(claw.logged()).not.toContain('failed inside')
    },
  )
})

test('a parameter that is there twice is refused by its name, since one of its values would not count', async () => {
  const claw = shared()
  for (const path of ['/usage?outcome=failed&outcome=unknown', '/tools?q=mail&limit=1&limit=1'])
    expect(await claw.rest('GET', path)).toMatchObject({
      status: 400,
      body: {
        code: 'validation_error',
        invalidFields: [{ field: path.includes('limit') ? 'limit' : 'outcome', problem: 'is there more than once' }],
      },
    })
})

describe('a method that a path does not take is answered with 405 and those that it takes, and changes nothing', () => {
  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s', async method => {
    const claw = shared()
    for (const path of ['/tools/sandbox_send_message/calls', '/tools/sandbox_send_message/preview']) {
      const answer = await claw.rest(method, path, { body: { arguments: letter } })
      expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed', choices: ['POST'] } })
      expect(answer.headers.get('allow')).toBe('POST')
      expect(answer.body.fix).toContain('Use POST.')
    }
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toEqual([])
  })

  test.each([
    ['/whoami', 'GET, HEAD'],
    ['/tools/no_such_tool?q=1', 'GET, HEAD'],
    ['/oauth-apps/registrations', 'GET, HEAD, PATCH, DELETE'],
    ['/relay/files/notes/a%20b.md', 'GET, HEAD, PUT, DELETE'],
  ])('%s takes %s', async (path, methods) => {
    const { status, headers } = await shared().rest('POST', path, { body: {}, key: null })
    expect([status, headers.get('allow')]).toEqual([405, methods])
  })
})

test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('MCP takes POST alone, and says so to %s', async method => {
  const claw = shared()
  const headers = { authorization: `Bearer ${claw.key}` }
  const { status, headers: told, text } = await claw.http({ method, path: '/mcp', headers })
  expect([status, told.get('allow')]).toEqual([405, 'POST'])
  expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32000 } })
})

describe('a request that a foreign web page made a browser send', () => {
  const hosts: [host: string, served: boolean][] = [
    ['localhost', true],
    ['localhost:9077', true],
    ['LOCALHOST:1', true],
    ['127.0.0.1', true],
    ['[::1]:9077', true],
    ['192.168.1.7:9077', true],
    ['clawlink.lan', true],
    ['evil.example', false],
    ['evil.example:9077', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['localhost@evil.example', false],
    ['evil.clawlink.lan', false],
    ['clawlink.lan.', false],
  ]
  const settings = { config: { allowedHosts: ['clawlink.lan'] } }

  test('is refused by its Host on every route, before its key is looked at', async () => {
    await using claw = await startClawLink(settings)
    for (const [host, served] of hosts) {
      for (const path of ['/api/v1/health', '/api/v1/whoami', '/api/openapi.json', '/', '/mcp', '/nothing']) {
        const { status, text } = await claw.http({ method: 'POST', path, headers: { host }, body: '{}' })
        expect([host, path, status === 403]).toEqual([host, path, !served])
        if (!served) expect(JSON.parse(text)).toMatchObject({ code: 'forbidden' })
      }
    }
  })

  const origins: [origin: string, served: boolean][] = [
    ['http://localhost:9077', true],
    ['http://127.0.0.1:5173', true],
    ['http://clawlink.lan:9077', true],
    ['https://evil.example', false],
    ['https://localhost.evil.example', false],
    ['http://203.0.113.9', false],
    ['http://[2001:db8::9]:9077', false],
    ['null', false],
    ['', false],
    ['file://', false],
    ['chrome-extension://abcdef', false],
    ['nonsense', false],
  ]

  test.each(origins)('is judged by its Origin: %j %s', async (origin, served) => {
    await using claw = await startClawLink(settings)
    const headers = { authorization: `Bearer ${claw.key}`, 'content-type': 'application/json', origin }
    const { status, text } = await claw.http({
      method: 'POST',
      path: '/api/v1/tools/sandbox_whoami/calls',
      headers,
      body: '{}',
    })
    expect(status).toBe(served ? 200 : 403)
    if (!served) expect(JSON.parse(text)).toMatchObject({ code: 'forbidden' })
    expect(claw.sandbox.requests).toHaveLength(served ? 1 : 0)
  })

  test('from the address that it was sent to is no foreign one', async () => {
    await using claw = await startClawLink()
    const headers = { host: '192.168.1.7:9077', origin: 'http://192.168.1.7:9077' }
    expect((await claw.http({ method: 'GET', path: '/api/v1/health', headers })).status).toBe(200)
  })
})

test('no answer may be cached, sniffed or read by a page of another origin', async () => {
  await using claw = await startClawLink()
  const asked = [
    claw.rest('GET', '/whoami'),
    claw.rest('GET', '/whoami', { key: null }),
    claw.rest('GET', '/nothing'),
    claw.call('sandbox_whoami'),
    claw.http({ method: 'GET', path: '/api/openapi.json' }),
    claw.http({ method: 'GET', path: '/' }),
    claw.http({ method: 'GET', path: '/mcp' }),
    claw.http({ method: 'POST', path: '/mcp', headers: { authorization: `Bearer ${claw.key}` }, body: '{' }),
    claw.http({ method: 'GET', path: '/', headers: { host: 'evil.example' } }),
  ]
  for (const { headers } of await Promise.all(asked)) {
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    expect([...headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([])
  }
})
