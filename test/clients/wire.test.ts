/** The protocol at its edges: every revision, and what nobody should send. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { meta, modernVersion } from '../../src/http/mcp/protocol.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { legacy, type McpMessage, modern, withBody } from '../kit/mcp-messages.ts'
import { initialize, initialized, type McpWire, mcpWire, messagesOf } from '../kit/mcp-wire.ts'

let clawlink: TestClawLink
let wire: McpWire

beforeAll(async () => {
  clawlink = await startClawLink()
  wire = mcpWire(clawlink)
})

afterAll(() => clawlink?.stop())

describe('a revision', () => {
  test.for(['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('%s is spoken', async revision => {
    expect((await wire.post(initialize(revision))).said[0]?.result).toMatchObject({ protocolVersion: revision })
    expect((await wire.post(legacy('tools/list', {}, { 'mcp-protocol-version': revision }))).status).toBe(200)
  })

  test.for(['1999-01-01', '2026-07-28'])(
    '%s in an initialize is answered with the newest that has one',
    async revision => {
      expect((await wire.post(initialize(revision))).said[0]?.result).toMatchObject({ protocolVersion: '2025-11-25' })
    },
  )

  test('that nobody knows is refused with -32022 and those that are known', async () => {
    const revision = '2099-01-01'
    const asking = modern('tools/list', {}, { 'mcp-protocol-version': revision }, { [meta.protocolVersion]: revision })
    const { status, said } = await wire.post(asking)
    expect(status).toBe(400)
    expect(said[0]).toMatchObject({ id: 1, error: { code: -32022, data: { supported: [modernVersion] } } })
  })
})

describe('an unknown method', () => {
  test('is an answer in the 2025 era, which clients fall back on', async () => {
    const { status, said } = await wire.post(legacy('no/such/method'))
    expect([status, said[0]?.error?.code, said[0]?.id]).toEqual([200, -32601, 1])
  })

  test('is HTTP 404 in the modern era', async () => {
    const { status, said } = await wire.post(modern('no/such/method'))
    expect([status, said[0]?.error?.code, said[0]?.id]).toEqual([404, -32601, 1])
  })
})

describe('headers that do not fit the body', () => {
  const search = { name: 'clawlink_search_tools', arguments: { query: 'mail' } }
  test.for<[string, Record<string, string | undefined>]>([
    ['another revision', { 'mcp-protocol-version': '2025-11-25' }],
    ['no revision', { 'mcp-protocol-version': undefined }],
    ['another method', { 'mcp-method': 'tools/list' }],
    ['no method', { 'mcp-method': undefined }],
    ['another name', { 'mcp-name': 'clawlink_whoami' }],
    ['no name', { 'mcp-name': undefined }],
  ])('are refused with -32020 before anything runs: %s', async ([, headers]) => {
    const { status, said } = await wire.post(modern('tools/call', search, headers))
    expect([status, said[0]?.error?.code, said[0]?.id]).toEqual([400, -32020, 1])
  })
})

describe('the body of a request', () => {
  test.for<[string, string]>([
    ['is not JSON', '{"jsonrpc":'],
    ['is empty', ''],
    ['is nested too deep', '['.repeat(65) + ']'.repeat(65)],
  ])('gives -32700 when it %s', async ([, body]) => {
    const { status, said } = await wire.post(withBody(legacy('ping'), body))
    expect([status, said[0]?.error?.code, said[0]?.id]).toEqual([400, -32700, null])
  })

  test('gives -32700 when it is not UTF-8', async () => {
    const { headers } = legacy('ping')
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    const { status, text } = await wire.send({ method: 'POST', headers: { ...headers, ...wire.withKey }, body })
    expect([status, messagesOf(text)[0]?.error?.code]).toEqual([400, -32700])
  })

  test.for(['7', '"ping"', 'null', 'true', '{}', '[]', '[7]'])('gives -32600 when it is %s', async body => {
    const { status, said } = await wire.post(withBody(legacy('ping'), body))
    expect([status, said[0]?.error?.code]).toEqual([400, -32600])
  })

  test('may be a batch in the 2025 era, each request answered by its id', async () => {
    const batch = '[{"jsonrpc":"2.0","id":"a","method":"ping"},{"jsonrpc":"2.0","id":"b","method":"ping"}]'
    const { status, said } = await wire.post(
      withBody(legacy('ping', undefined, { 'mcp-protocol-version': '2025-03-26' }), batch),
    )
    expect(status).toBe(200)
    expect(said.map(({ id }) => id).sort()).toEqual(['a', 'b'])
  })

  test('may not be a batch in the modern era', async () => {
    const one = modern('tools/list')
    const { status, said } = await wire.post(withBody(one, `[${one.body}]`))
    expect([status, said[0]?.error?.code]).toEqual([400, -32600])
  })

  test.for(['a', '', '0', 'x'.repeat(100_000)])('comes back with its id, a string', async id => {
    expect((await wire.post(legacy('ping', undefined, {}, { id }))).said[0]?.id).toBe(id)
    expect((await wire.post(modern('tools/list', {}, {}, {}, { id }))).said[0]?.id).toBe(id)
  })

  test.for([0, -1, Number.MAX_SAFE_INTEGER, 2 ** 40])('comes back with its id, the number %s', async id => {
    expect((await wire.post(legacy('ping', undefined, {}, { id }))).said[0]?.id).toBe(id)
    expect((await wire.post(modern('tools/list', {}, {}, {}, { id }))).said[0]?.id).toBe(id)
  })

  test.for([1e300, 1.5, null, true, {}])('is refused with the id %s, which is none', async id => {
    const { status, said } = await wire.post(legacy('ping', undefined, {}, { id }))
    expect([status, said[0]?.error?.code]).toEqual([400, -32600])
  })

  test.for([true, false])('is refused with 413 when it is too large (sent in pieces: %s)', async chunked => {
    const { headers } = legacy('ping')
    const body = 'x'.repeat(clawlink.app.config.requestBytesMax + 1)
    const answer = await wire.send({ method: 'POST', headers: { ...headers, ...wire.withKey }, body, chunked })
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'payload_too_large' })
    expect((await wire.post(legacy('ping'))).status).toBe(200)
  })

  test('is refused with 415 when it is called something else than JSON', async () => {
    expect((await wire.post(legacy('ping', undefined, { 'content-type': 'text/plain' }))).status).toBe(415)
    expect((await wire.post(modern('tools/list', {}, { 'content-type': undefined }))).status).toBe(415)
  })
})

test('a larger body is taken when the limit is raised, by either path', async () => {
  await using roomy = await startClawLink({ config: { requestBytesMax: 8 * 1024 * 1024 } })
  const padding = 'x'.repeat(6 * 1024 * 1024)
  expect((await mcpWire(roomy).post(legacy('ping', { padding }))).status).toBe(200)
  expect((await mcpWire(roomy).post(legacy('prompts/list', { padding }))).status).toBe(200)
})

test.for(['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'])(
  '%s has one page, and a cursor for another is refused',
  async method => {
    const { said } = await wire.post(modern(method, { cursor: 'any' }))
    expect(said[0]?.error?.code).toBe(-32602)
  },
)

describe('what a client accepts', () => {
  test('has to include both kinds of answer in the 2025 era', async () => {
    expect((await wire.post(legacy('tools/list', {}, { accept: 'application/json' }))).status).toBe(406)
    expect((await wire.post(legacy('tools/list', {}, { accept: undefined }))).status).toBe(406)
  })

  test('does not matter for a plain answer in the modern era', async () => {
    expect((await wire.post(modern('tools/list', {}, { accept: 'application/json' }))).status).toBe(200)
    expect((await wire.post(modern('tools/list', {}, { accept: undefined }))).status).toBe(200)
  })
})

test.for<[string, object?]>([['ping'], ['tools/list'], ['tools/call', { name: 'clawlink_whoami' }]])(
  '%s of the 2025 era gets plain JSON, without the stream that the SDK would open',
  async ([method, params]) => {
    const { headers } = await wire.post(legacy(method, params))
    expect(headers.get('content-type')).toMatch(/^application\/json/)
  },
)

describe('a notification', () => {
  test.for<[string, McpMessage]>([
    ['of the 2025 era', initialized()],
    ['of the modern era', modern('notifications/cancelled', { requestId: 7 }, {}, {}, { id: undefined })],
    ['that nobody knows', legacy('notifications/unheard', { any: 1 }, {}, { id: undefined })],
    ['in place of a call', legacy('tools/call', { name: 'clawlink_whoami' }, {}, { id: undefined })],
  ])('%s is taken with 202 and no body', async ([, message]) => {
    const { status, text } = await wire.post(message)
    expect([status, text]).toEqual([202, ''])
  })
})

describe('a request that a web page could send', () => {
  test.for(['https://evil.example', 'http://127.0.0.1.evil.example', 'null'])('from %s is refused', async origin => {
    expect((await wire.post(legacy('ping'), { origin })).status).toBe(403)
  })

  test.for(['evil.example', 'localhost.evil.example:9077'])('to the host "%s" is refused', async host => {
    expect((await wire.post(legacy('ping'), { host })).status).toBe(403)
  })

  test.for(['localhost', 'LOCALHOST:1', '127.0.0.1:', '[::1]:9077', 'localhost:99999'])(
    'to the host "%s" is served, by either path',
    async host => {
      expect((await wire.post(legacy('ping'), { host })).status).toBe(200)
      expect((await wire.post(legacy('prompts/list'), { host })).status).toBe(200)
    },
  )
})

describe('a key', () => {
  test('is taken from either header', async () => {
    const { headers, body } = legacy('ping')
    const own = await wire.send({ method: 'POST', headers: { ...headers, 'x-clawlink-api-key': clawlink.key }, body })
    const bearer = await wire.send({
      method: 'POST',
      headers: { ...headers, authorization: `bearer ${clawlink.key}` },
      body,
    })
    expect([own.status, bearer.status]).toEqual([200, 200])
  })

  test.for<[string, Record<string, string>]>([
    ['none', {}],
    ['an empty one', { authorization: 'Bearer ' }],
    ['one that is wrong', { authorization: `Bearer cllk_live_${'0'.repeat(48)}` }],
    ['one that is no key', { authorization: 'Bearer x' }],
    ['one in another scheme', { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }],
  ])('that is %s gives 401 with a challenge, whatever the request', async ([, key]) => {
    for (const { headers, body } of [legacy('ping'), modern('server/discover'), withBody(legacy('ping'), '{nope')]) {
      const answer = await wire.send({ method: 'POST', headers: { ...headers, ...key }, body })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /)
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'unauthorized' })
    }
  })
})

describe('the view of a provider that there is not', () => {
  test('names those that there are', async () => {
    const { headers, body } = legacy('tools/list')
    const answer = await wire.send({
      method: 'POST',
      path: '/mcp?provider=nope',
      headers: { ...headers, ...wire.withKey },
      body,
    })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'provider_not_found',
      choices: expect.arrayContaining(['github', 'sandbox']),
    })
  })
})
