import { expect, test } from 'vitest'
import { startSandbox } from './start.ts'
import { ask, mail } from './test-client.ts'

test('faults can be scripted over HTTP, one or a list, and cleared', async () => {
  await using sandbox = await startSandbox()
  const script = (body: unknown) => ask(sandbox, '/_sandbox/script', { body })
  expect((await script({ kind: 'status', status: 503 })).json).toEqual({ scripted: 1 })
  expect((await script([{ kind: 'html' }, { kind: 'ok_error', times: 'always' }])).json).toEqual({ scripted: 2 })
  expect((await ask(sandbox, '/me')).status).toBe(503)
  expect((await ask(sandbox, '/me')).headers.get('content-type')).toContain('html')
  expect((await ask(sandbox, '/me')).json.ok).toBe(false)
  expect((await ask(sandbox, '/_sandbox/script', { method: 'DELETE' })).status).toBe(204)
  expect((await ask(sandbox, '/me')).json.ok).toBeUndefined()
})

test('the request log can be read over HTTP and does not hold the reading', async () => {
  await using sandbox = await startSandbox()
  sandbox.script({ kind: 'status', status: 500 })
  await ask(sandbox, '/mail/messages', { body: mail })
  const { requests } = (await ask(sandbox, '/_sandbox/requests')).json
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({
    method: 'POST',
    body: JSON.stringify(mail),
    fault: { kind: 'status' },
    status: 500,
  })
})

test('reset over HTTP brings the content back', async () => {
  await using sandbox = await startSandbox()
  const before = sandbox.store.messages.length
  await ask(sandbox, '/mail/messages', { body: mail })
  expect((await ask(sandbox, '/_sandbox/reset', { method: 'POST' })).status).toBe(204)
  expect(sandbox.store.messages).toHaveLength(before)
  expect(sandbox.requests).toHaveLength(0)
})

test('faults by seed can be begun and ended over HTTP, and malformed ones are refused by name', async () => {
  await using sandbox = await startSandbox()
  const begin = (body: unknown) => ask(sandbox, '/_sandbox/random-faults', { body })
  expect((await begin({ seed: 1, rate: 1, kinds: ['html'], phases: ['bad_answer'] })).status).toBe(204)
  expect((await ask(sandbox, '/me')).headers.get('content-type')).toContain('html')
  expect((await ask(sandbox, '/_sandbox/script', { method: 'DELETE' })).status).toBe(204)
  expect((await ask(sandbox, '/me')).json.email).toBeDefined()
  for (const [body, named] of [
    [{ rate: 1 }, 'seed'],
    [{ seed: 1, rate: 2 }, 'rate'],
    [{ seed: 1, rate: 1, kinds: ['explode'] }, 'kinds'],
    [{ seed: 1, rate: 1, phases: [] }, 'phases'],
    [{ seed: 1, rate: 1, kinds: ['html'], phases: ['mid_body'] }, 'no fault of these'],
    [{ seed: 1, rate: 1, match: { path: '^(' } }, 'match'],
    [[], 'object'],
  ]) {
    const told = await begin(body)
    expect([told.status, told.json.error.message]).toEqual([422, expect.stringContaining(String(named))])
  }
})

test('control routes answer 401 unless the key is a full one, and do nothing', async () => {
  await using sandbox = await startSandbox()
  const [first] = sandbox.accounts
  for (const key of ['', 'sbx_unknown', first.limitedKey, first.revokedKey]) {
    const told = await ask(sandbox, '/_sandbox/script', { key, body: { kind: 'status', status: 500 } })
    expect(told.status).toBe(401)
    expect((await ask(sandbox, '/_sandbox/requests', { key })).status).toBe(401)
    expect((await ask(sandbox, '/_sandbox/reset', { key, method: 'POST' })).status).toBe(401)
  }
  expect((await ask(sandbox, '/me')).status).toBe(200)
})

test('control routes meet no faults and no limits', async () => {
  await using sandbox = await startSandbox({ rateLimit: { requests: 1, perMs: 60_000 } })
  sandbox.script({ kind: 'status', status: 500, times: 'always' })
  for (let i = 0; i < 3; i++) expect((await ask(sandbox, '/_sandbox/requests')).status).toBe(200)
  expect((await ask(sandbox, '/_sandbox/nowhere')).status).toBe(404)
})

const malformed: [string, unknown, string][] = [
  ['no object', 'hang', 'object'],
  ['no kind', {}, '"kind"'],
  ['an unknown kind', { kind: 'explode' }, '"kind"'],
  ['a name from the prototype', { kind: 'constructor' }, '"kind"'],
  ['a missing field', { kind: 'slow' }, 'ms'],
  ['a wrong field', { kind: 'status', status: 99 }, 'status'],
  ['an unknown field', { kind: 'hang', ms: 3 }, 'ms'],
  ['applied where it is fixed', { kind: 'slow', ms: 3, applied: false }, 'applied'],
  ['times of zero', { kind: 'hang', times: 0 }, 'times'],
  ['a probability above 1', { kind: 'hang', probability: 2 }, 'probability'],
  ['a broken pattern', { kind: 'hang', match: { path: '^(' } }, 'match'],
  ['a header that would split', { kind: 'status', status: 200, headers: { a: 'b\r\nc: d' } }, 'headers'],
  ['a location that would split', { kind: 'redirect', location: '/a\r\nb: c' }, 'location'],
]

test.each(malformed)('a fault with %s is refused by name and none of its list is added', async (_, fault, named) => {
  await using sandbox = await startSandbox()
  const told = await ask(sandbox, '/_sandbox/script', { body: [{ kind: 'status', status: 500 }, fault] })
  expect(told.status).toBe(422)
  expect(told.json.error.message).toContain(named)
  expect((await ask(sandbox, '/me')).status).toBe(200)
})

test('a malformed fault throws in process', async () => {
  await using sandbox = await startSandbox()
  expect(() => sandbox.script({ kind: 'status', status: 1000 })).toThrow(TypeError)
})
