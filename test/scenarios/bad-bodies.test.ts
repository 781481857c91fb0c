/** Request bodies that are wrong: each gets a clear answer and changes nothing. */
import { describe, expect, test } from 'vitest'
import { beginHttp } from '../kit/begin-http.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { sharedClaw } from '../kit/shared-claw.ts'
import { letter } from './tools.ts'

const bytesMax = 256 * 1024
const config = { requestBytesMax: bytesMax }
const send = '/tools/sandbox_send_message'

type BadBody = {
  body: string | Uint8Array
  status?: number
  code?: string
  /** What the answer says in `detail`. */
  says: string
  fields?: string[]
}

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const calling = (args: string) => `{"arguments":${args}}`

const badBodies: Record<string, BadBody> = {
  'is empty': { body: '', says: 'has no body' },
  'breaks off': { body: '{"arguments":', says: 'not valid JSON' },
  'goes on after its end': { body: '{"arguments":{}} {}', says: 'not valid JSON' },
  'is JavaScript, not JSON': { body: "{arguments:{a:'b'}}", says: 'not valid JSON' },
  'begins with a byte order mark': { body: '\ufeff{"arguments":{}}', says: 'not valid JSON' },
  'is not UTF-8': { body: Buffer.from('{"arguments":{"subject":"Zoë"}}', 'latin1'), says: 'not valid UTF-8' },
  'holds half of a character': { body: Buffer.from([0x22, 0xe2, 0x82, 0x22]), says: 'not valid UTF-8' },
  'is a list': { body: '[]', says: 'body must be an object', fields: ['body'] },
  'is null': { body: 'null', says: 'body must be an object', fields: ['body'] },
  'is a text': { body: '"arguments"', says: 'body must be an object', fields: ['body'] },
  'is nested 65 deep': { body: calling(deep(64)), says: 'nested deeper than 64 levels' },
  'is nested 100,000 deep': { body: deep(100_000), says: 'nested deeper than 64 levels' },
  'is nested deep behind an escaped quote': {
    body: `{"a":"\\\\","arguments":${deep(64)}}`,
    says: 'nested deeper than 64 levels',
  },
  'never closes its 100,000 brackets': { body: '['.repeat(100_000), says: 'not valid JSON' },
  'has a field that is not known': {
    body: '{"arguments":{},"follow":true}',
    says: 'follow is not known',
    fields: ['follow'],
  },
  'names a connection by a number': {
    body: '{"connection":7}',
    says: 'connection must be a string',
    fields: ['connection'],
  },
  'names an empty connection': { body: '{"connection":""}', says: 'connection', fields: ['connection'] },
  'has an empty next': { body: '{"next":""}', says: 'next', fields: ['next'] },
  'has a next that is too long': { body: `{"next":"${'a'.repeat(4097)}"}`, says: 'next', fields: ['next'] },
  'has arguments that are a text': { body: calling('"a"'), says: 'arguments', fields: ['arguments'] },
  'has arguments that are a list': { body: calling('[]'), says: 'arguments', fields: ['arguments'] },
  'has arguments that are null': { body: calling('null'), says: 'arguments', fields: ['arguments'] },
  'is one byte too large': {
    body: ' '.repeat(bytesMax + 1),
    status: 413,
    code: 'payload_too_large',
    says: `larger than ${bytesMax} bytes`,
  },
  'is 10 MB large': {
    body: JSON.stringify({ arguments: { ...letter, text: 'a'.repeat(10_000_000) } }),
    status: 413,
    code: 'payload_too_large',
    says: `larger than ${bytesMax} bytes`,
  },
}

async function expectNothingHappened(claw: TestClawLink): Promise<void> {
  expect(claw.sandbox.requests).toEqual([])
  expect(await claw.rows('usage')).toEqual([])
  expect(await claw.rows('connections')).toHaveLength(1)
}

const shared = sharedClaw(() => startClawLink({ config }))

describe.each(Object.entries(badBodies))('a body that %s', (_, bad) => {
  const { body, status = 400, code = 'validation_error', says, fields } = bad

  test.each([`${send}/calls`, `${send}/preview`, '/connections'])(
    'is refused at %s and changes nothing',
    async path => {
      const claw = shared()
      const answer = await claw.rest('POST', path, { raw: body })
      expect(answer).toMatchObject({ status, body: { code } })
      if (!path.endsWith('/connections')) {
        expect(answer.body.detail).toContain(says)
        if (fields) expect(answer.body).toMatchObject({ invalidFields: fields.map(field => ({ field })) })
      }
      await expectNothingHappened(claw)
    },
  )

  test('is refused over MCP and changes nothing', async () => {
    const claw = shared()
    const { status, text } = await claw.http({
      method: 'POST',
      path: '/mcp',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${claw.key}`,
      },
      body,
    })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(JSON.parse(text)).toMatchObject(status === 413 ? { code } : { error: { code: expect.any(Number) } })
    await expectNothingHappened(claw)
  })
})

test('a body in pieces that grows too large is refused, and the next request is served', async () => {
  await using claw = await startClawLink({ config })
  const big = { arguments: { ...letter, text: 'a'.repeat(4 * bytesMax) } }
  const answer = await claw.rest('POST', `${send}/calls`, { body: big, chunked: true })
  expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
  await expectNothingHappened(claw)
  expect((await claw.call('sandbox_whoami')).status).toBe(200)
})

test('a body of exactly the largest size is read, in one piece or in several', async () => {
  await using claw = await startClawLink({ config })
  const empty = JSON.stringify({ arguments: { ...letter, text: '' } })
  const full = JSON.stringify({ arguments: { ...letter, text: 'a'.repeat(bytesMax - empty.length) } })
  for (const chunked of [false, true]) {
    expect((await claw.rest('POST', `${send}/calls`, { raw: full, chunked })).status).toBe(200)
  }
})

test('a body that does not come within a minute is refused, whether it was begun or not', async () => {
  const claw = shared()
  await claw.rest('GET', '/whoami') // loads what serves it
  const request = { method: 'POST', path: '/api/v1/sign-in', headers: { origin: claw.url } }
  const begun = await Promise.all([
    beginHttp(claw.url, request),
    beginHttp(claw.url, { ...request, headers: { ...request.headers, 'content-length': '100' } }),
    beginHttp(claw.url, { ...request, headers: { ...request.headers, 'content-length': '100' } }),
  ])
  begun[2]?.write('{')
  claw.clock.move(59_999)
  expect(await Promise.race([...begun.map(({ status }) => status), claw.rest('GET', '/whoami')])).not.toBe(400)
  claw.clock.move(1)
  expect(await Promise.all(begun.map(({ status }) => status))).toEqual([400, 400, 400])
})

test('brackets inside of texts are no nesting', async () => {
  await using claw = await startClawLink()
  const text = `${deep(500)} "${deep(500)}" \\`
  const { status, body } = await claw.call('sandbox_send_message', { ...letter, text })
  expect(status).toBe(200)
  expect(body).toMatchObject({ data: { text } })
})

describe('names that mean something to JavaScript', () => {
  test.each([
    '{"__proto__":{"connection":"x"},"arguments":{}}',
    '{"arguments":{"constructor":{"prototype":{"polluted":true}}}}',
    '{"arguments":{"toString":1,"hasOwnProperty":2}}',
  ])('are refused as fields: %s', async raw => {
    await using claw = await startClawLink()
    for (const path of [`${send}/calls`, `${send}/preview`, '/tools/sandbox_whoami/calls']) {
      expect(await claw.rest('POST', path, { raw })).toMatchObject({ status: 400, body: { code: 'validation_error' } })
    }
    expect(Object.prototype).not.toHaveProperty('polluted')
    expect(claw.sandbox.requests).toEqual([])
  })

  test('an argument named __proto__ is left out: neither followed nor sent', async () => {
    await using claw = await startClawLink()
    const raw = `{"arguments":{"__proto__":{"polluted":true},${JSON.stringify(letter).slice(1)}}`
    expect((await claw.rest('POST', `${send}/calls`, { raw })).status).toBe(200)
    expect(claw.sandbox.requests.map(({ body }) => body)).toEqual([JSON.stringify(letter)])
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is not the name of a tool, a provider, a connection or a call',
    async name => {
      await using claw = await startClawLink()
      for (const path of [`/tools/${name}`, `/calls/${name}`, `/connections/${name}`, `/tools?provider=${name}`]) {
        expect((await claw.rest('GET', path)).status).toBe(404)
      }
      expect((await claw.rest('POST', `/tools/${name}/calls`, { body: {} })).body.code).toBe('tool_not_found')
      expect((await claw.call('sandbox_whoami', {}, { connection: name })).body.code).toBe('connection_not_found')
      const added = await claw.rest('POST', '/connections', { body: { provider: name, secret: 'a' } })
      expect(added.body.code).toBe('provider_not_found')
    },
  )
})

describe('a body that is wrong in very many places', () => {
  const shared = sharedClaw(() => startClawLink())
  const names = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`name${at}`, 1]))
  const args = { to: Array.from({ length: 20_000 }, () => 'x'), subject: 's', text: 't' }
  const tool = 'sandbox_send_message'

  test.each<[string, string, unknown]>([
    ['names at a route for everybody', '/sign-in', names],
    ['names of a call', `/tools/${tool}/calls`, names],
    ['arguments', `/tools/${tool}/calls`, { arguments: names }],
    ['items of an argument', `/tools/${tool}/calls`, { arguments: args }],
    ['fields of a connection', '/connections', { provider: 'sandbox', fields: names }],
    ['characters in a name', '/sign-in', { ['x'.repeat(100_000)]: 1 }],
  ])('is told the first of its %s and how many there are: the answer is a short one', async (what, path, body) => {
    const { status, text } = await shared().rest('POST', path, { body })
    expect([status, Buffer.byteLength(text) < 16_384]).toEqual([400, true])
    const { detail, invalidFields } = JSON.parse(text)
    if (what.startsWith('characters')) return expect(detail).toContain('… is not known here')
    expect(detail).toMatch(/; and 199\d\d more\.$/)
    expect(invalidFields).toHaveLength(20)
  })

  test('is told no more over MCP', async () => {
    const called = { name: 'clawlink_call_tool', arguments: { tool, arguments: args } }
    const { body } = await shared().mcp('tools/call', called)
    expect(JSON.stringify(body)).toContain('and 19980 more')
    expect(JSON.stringify(body).length).toBeLessThan(32_768)
  })
})

test('of a field that comes twice the last counts, for the check and for the call', async () => {
  await using claw = await startClawLink()
  const raw = `{"arguments":{"subject":"first"},"arguments":${JSON.stringify({ ...letter, subject: 'last' })}}`
  expect((await claw.rest('POST', `${send}/calls`, { raw })).status).toBe(200)
  expect(claw.sandbox.requests.map(({ body }) => JSON.parse(body).subject)).toEqual(['last'])
})

test('fields in other letter case are other fields', async () => {
  await using claw = await startClawLink()
  for (const raw of ['{"Arguments":{}}', '{"arguments":{"To":["a@b.example"],"subject":"s","text":"t"}}']) {
    expect((await claw.rest('POST', `${send}/calls`, { raw })).body.code).toBe('validation_error')
  }
  expect(claw.sandbox.requests).toEqual([])
})

test('an Idempotency-Key that can be none is refused, and nothing is sent', async () => {
  await using claw = await startClawLink()
  const answer = await claw.rest('POST', `${send}/calls`, {
    body: { arguments: letter },
    headers: { 'idempotency-key': 'mine, yours' },
  })
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'validation_error', invalidFields: [{ field: 'Idempotency-Key' }] },
  })
  await expectNothingHappened(claw)
})

describe('query parameters that are wrong are refused', () => {
  test.each([
    ['/tools?limit=0', 'limit'],
    ['/tools?limit=101', 'limit'],
    ['/tools?limit=1.5', 'limit'],
    ['/tools?limit=many', 'limit'],
    [`/tools?q=${'a'.repeat(501)}`, 'q'],
    ['/tools?query=mail', 'query'],
    ['/usage?limit=201', 'limit'],
    ['/usage?limit=-1', 'limit'],
    ['/usage?outcome=lost', 'outcome'],
    ['/usage?workspace=other', 'workspace'],
    [`/usage?next=${'a'.repeat(101)}`, 'next'],
    ['/connections?environment=live', 'environment'],
  ])('%s', async (path, field) => {
    const claw = shared()
    expect(await claw.rest('GET', path)).toMatchObject({
      status: 400,
      body: { code: 'validation_error', invalidFields: [{ field }] },
    })
  })
})
