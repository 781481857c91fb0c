import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../start.ts'
import { ask, mail, wire } from '../test-client.ts'
import { isFault } from './check-fault.ts'
import type { Fault } from './fault.ts'

const sent = (sandbox: Sandbox) => sandbox.store.messages.filter(message => message.subject === mail.subject).length

/** The head and the body of an answer as it came over a bare socket. */
function split(bytes: Buffer): { head: string; body: Buffer } {
  const end = bytes.indexOf('\r\n\r\n')
  return { head: bytes.subarray(0, end).toString('latin1').toLowerCase(), body: bytes.subarray(end + 4) }
}

test('status answers as told', async () => {
  await using sandbox = await startSandbox()
  sandbox.script(
    { kind: 'status', status: 503, headers: { 'Retry-After': '7' } },
    { kind: 'status', status: 200, body: { id: 1 } },
    {
      kind: 'status',
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: '{"id":12345678901234567890}',
    },
    { kind: 'status', status: 204 },
  )
  const first = await ask(sandbox, '/me')
  expect([first.status, first.headers.get('retry-after'), first.json.error.code]).toEqual([503, '7', 'status_503'])
  expect((await ask(sandbox, '/me')).json).toEqual({ id: 1 })
  const third = await ask(sandbox, '/me')
  expect([third.headers.get('content-type'), third.text]).toEqual(['application/json', '{"id":12345678901234567890}'])
  const fourth = await ask(sandbox, '/me')
  expect([fourth.status, fourth.text]).toEqual([204, ''])
})

test('rate_limit sends the hints it is given and no others', async () => {
  await using sandbox = await startSandbox()
  const date = 'Sat, 14 Mar 2026 09:26:53 GMT'
  sandbox.script(
    { kind: 'rate_limit', retryAfter: 3, limit: 10, remaining: 0, resetEpochS: 1_800_000_000 },
    { kind: 'rate_limit', retryAfter: date },
    { kind: 'rate_limit' },
  )
  const hints = ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']
  const told = async () => {
    const { status, headers } = await ask(sandbox, '/me')
    return [status, ...hints.map(name => headers.get(name))]
  }
  expect(await told()).toEqual([429, '3', '10', '0', '1800000000'])
  expect(await told()).toEqual([429, date, null, null, null])
  expect(await told()).toEqual([429, null, null, null, null])
})

test('slow applies on arrival and gives the right answer later', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'slow', ms: 40 })
  const before = performance.now()
  const answer = ask(sandbox, '/mail/messages', { body: mail })
  await sandbox.received(1)
  expect(sent(sandbox)).toBe(1)
  expect(sandbox.requests[0]?.status).toBeUndefined()
  expect((await answer).status).toBe(201)
  expect(performance.now() - before).toBeGreaterThan(38)
})

test('hang never sends a byte', async () => {
  const sandbox = await startSandbox()
  sandbox.script({ kind: 'hang' })
  const hung = wire(sandbox, '/me')
  await sandbox.received(1)
  expect((await ask(sandbox, '/me')).status).toBe(200)
  await sandbox.stop()
  expect((await hung.end).bytes).toHaveLength(0)
})

test('hang_after_headers sends the right head and no body', async () => {
  const sandbox = await startSandbox()
  sandbox.script({ kind: 'hang_after_headers' })
  const hung = wire(sandbox, '/me')
  await hung.got(1)
  await sandbox.stop()
  const { head, body } = split((await hung.end).bytes)
  expect(head).toMatch(/^http\/1.1 200 /)
  expect(head).toMatch(/content-length: [1-9]/)
  expect(body).toHaveLength(0)
})

test('drip goes on until someone hangs up', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'drip', everyMs: 1, bytes: 3 })
  const dripping = wire(sandbox, '/me')
  const { head } = split(await dripping.got(400))
  expect(head).toContain('transfer-encoding: chunked')
  dripping.hangUp()
  await dripping.end
})

test('redirect, html and ok_error answer as told', async () => {
  await using sandbox = await startSandbox()
  sandbox.script(
    { kind: 'redirect', location: 'http://169.254.169.254/latest' },
    { kind: 'redirect', location: '/me', status: 308 },
    { kind: 'html', status: 502 },
    { kind: 'html' },
    { kind: 'ok_error', error: 'channel_not_found' },
  )
  const first = await ask(sandbox, '/me')
  expect([first.status, first.headers.get('location')]).toEqual([302, 'http://169.254.169.254/latest'])
  expect((await ask(sandbox, '/me')).status).toBe(308)
  for (const status of [502, 200]) {
    const page = await ask(sandbox, '/me')
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
  }
  const last = await ask(sandbox, '/me')
  expect([last.status, last.json]).toEqual([200, { ok: false, error: 'channel_not_found' }])
})

test('close_before_read ends the connection without reading the body', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'close_before_read' })
  const { bytes } = await wire(sandbox, '/mail/messages', { body: mail }).end
  expect(bytes).toHaveLength(0)
  expect(sandbox.requests[0]).toMatchObject({ body: '', fault: { kind: 'close_before_read' } })
  expect(sent(sandbox)).toBe(0)
})

test('close_on_accept ends its own connection and the next new ones, of which nothing is read', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'close_on_accept', connections: 2 })
  for (let i = 0; i < 3; i++) expect((await wire(sandbox, '/mail/messages', { body: mail }).end).bytes).toHaveLength(0)
  expect(sandbox.requests).toMatchObject([{ fault: { kind: 'close_on_accept' }, applied: false }])
  expect((await wire(sandbox, '/me').end).bytes.length).toBeGreaterThan(0)
  expect(sent(sandbox)).toBe(0)
})

test.each([false, true])('close_mid_headers breaks off before the head is whole (by a reset: %s)', async reset => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'close_mid_headers', reset })
  const { bytes, how } = await wire(sandbox, '/mail/messages', { body: mail }).end
  // What was on its way when a connection is reset may be lost.
  if (!reset) expect(bytes.toString()).toBe('HTTP/1.1 200 OK\r\ncontent-type: application/js')
  expect(bytes.toString()).not.toContain('\r\n\r\n')
  expect([how, sent(sandbox)]).toEqual([reset ? 'reset' : 'closed', 1])
})

test.each([7, -3])('wrong_length promises %i bytes more than there are', async by => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'wrong_length', by })
  const { head, body } = split((await wire(sandbox, '/me').end).bytes)
  expect(Number(/content-length: (\d+)/.exec(head)?.[1])).toBe(body.length + by)
  expect(() => JSON.parse(body.toString())).not.toThrow()
})

test('close_before_read can be a reset, and rate_limit can carry other headers', async () => {
  await using sandbox = await startSandbox()
  sandbox.script(
    { kind: 'close_before_read', reset: true },
    { kind: 'rate_limit', headers: { 'RateLimit-Reset': '4' } },
  )
  expect((await wire(sandbox, '/me').end).how).toBe('reset')
  expect((await ask(sandbox, '/me')).headers.get('ratelimit-reset')).toBe('4')
})

test('close_after_read applies the write and ends the connection without an answer', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'close_after_read' })
  const { bytes } = await wire(sandbox, '/mail/messages', { body: mail }).end
  expect(bytes).toHaveLength(0)
  expect(sent(sandbox)).toBe(1)
})

test('close_mid_body sends half of the promised length', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'close_mid_body' })
  const { head, body } = split((await wire(sandbox, '/mail/messages', { body: mail }).end).bytes)
  const promised = Number(/content-length: (\d+)/.exec(head)?.[1])
  expect(head).toMatch(/^http\/1.1 201 /)
  expect(body).toHaveLength(Math.ceil(promised / 2))
  expect(sent(sandbox)).toBe(1)
})

test('close_mid_body can break off a chunked answer, which then lacks its end', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'close_mid_body', chunked: true })
  const { head, body } = split((await wire(sandbox, '/me').end).bytes)
  expect(head).toContain('transfer-encoding: chunked')
  expect(body.toString()).not.toMatch(/0\r\n\r\n$/)
})

test('close_mid_body breaks off an answer that would have had no body too', async () => {
  await using sandbox = await startSandbox()
  const path = `/mail/messages/${sandbox.store.messages[0]?.id}`
  sandbox.script({ kind: 'close_mid_body' })
  const { body } = split((await wire(sandbox, path, { method: 'DELETE' }).end).bytes)
  expect(body.length).toBeGreaterThan(0)
  expect((await ask(sandbox, path)).status).toBe(404)
})

test('reset ends the connection with a TCP reset', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'reset' })
  const { bytes, how } = await wire(sandbox, '/me').end
  expect([bytes.length, how]).toEqual([0, 'reset'])
})

test('huge is JSON of the told size', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'huge', bytes: 3_000_001 })
  const { text, json, headers } = await ask(sandbox, '/me')
  expect([text.length, headers.get('content-length')]).toEqual([3_000_001, '3000001'])
  expect(json.filler.length).toBe(3_000_001 - 13)
})

test('gzip_bomb is small on the wire and expands to the told size', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'gzip_bomb', bytes: 5_000_000 })
  const { head, body } = split((await wire(sandbox, '/me').end).bytes)
  expect(head).toContain('content-encoding: gzip')
  expect(body.length).toBeLessThan(50_000)
  expect(gunzipSync(dechunk(body))).toHaveLength(5_000_000)
})

test('a client that leaves in the middle of a huge answer does no harm', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'huge', bytes: 10 ** 9 }, { kind: 'gzip_bomb', bytes: 10 ** 9 })
  for (let i = 0; i < 2; i++) {
    const reading = wire(sandbox, '/me')
    await reading.got(1000)
    reading.hangUp()
    await reading.end
  }
  expect((await ask(sandbox, '/me')).status).toBe(200)
})

test('invalid_json breaks off under a length that fits', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'invalid_json' })
  const { head, body } = split((await wire(sandbox, '/me').end).bytes)
  expect(head).toContain('content-type: application/json')
  expect(head).toContain(`content-length: ${body.length}`)
  expect(() => JSON.parse(body.toString())).toThrow(SyntaxError)
})

test('wrong_charset is not the UTF-8 that it says it is', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'wrong_charset' })
  const { head, body } = split((await wire(sandbox, '/me').end).bytes)
  expect(head).toContain('charset=utf-8')
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow(TypeError)
})

const defaults: [Fault, boolean][] = [
  [{ kind: 'status', status: 500 }, false],
  [{ kind: 'rate_limit' }, false],
  [{ kind: 'slow', ms: 1 }, true],
  [{ kind: 'hang' }, false],
  [{ kind: 'hang_after_headers' }, true],
  [{ kind: 'drip' }, true],
  [{ kind: 'redirect', location: '/me' }, false],
  [{ kind: 'html' }, false],
  [{ kind: 'ok_error' }, false],
  [{ kind: 'close_on_accept' }, false],
  [{ kind: 'close_before_read' }, false],
  [{ kind: 'close_after_read' }, true],
  [{ kind: 'close_mid_headers' }, true],
  [{ kind: 'close_mid_body' }, true],
  [{ kind: 'wrong_length', by: 5 }, true],
  [{ kind: 'reset' }, false],
  [{ kind: 'huge', bytes: 100 }, true],
  [{ kind: 'invalid_json' }, true],
  [{ kind: 'gzip_bomb', bytes: 100 }, true],
  [{ kind: 'wrong_charset' }, true],
]

test.each(defaults.map(([fault, applied]) => ({ kind: fault.kind, fault, applied })))(
  'a write that meets $kind is applied: $applied, unless the fault says otherwise',
  async ({ fault, applied }) => {
    const sandbox = await startSandbox()
    const write = async (scripted: Fault) => {
      sandbox.reset()
      sandbox.script(scripted)
      const writing = wire(sandbox, '/mail/messages', { body: mail })
      await sandbox.received(1)
      writing.hangUp()
      return { applied: sent(sandbox) === 1, fault: sandbox.requests[0]?.fault }
    }
    expect(await write(fault)).toEqual({ applied, fault })
    expect(sandbox.applied()).toBe(applied ? 1 : 0)
    const other = { ...fault, applied: !applied }
    if (isFault(other)) expect((await write(other)).applied).toBe(!applied)
    await sandbox.stop()
  },
)

/** The content of a chunked body (RFC 9112, section 7.1). */
function dechunk(body: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; ; ) {
    const line = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.subarray(at, line).toString(), 16)
    if (!size) return Buffer.concat(pieces)
    pieces.push(body.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}
