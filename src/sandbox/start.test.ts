import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startSandbox } from './start.ts'
import { ask, mail, wire } from './test-client.ts'

const now = () => Date.UTC(2026, 2, 14, 9, 26, 53)

test('two sandboxes with the same seed serve byte-identical content under the same keys', async () => {
  await using one = await startSandbox({ seed: 5, now })
  await using two = await startSandbox({ seed: 5, now })
  expect(two.apiKey).toBe(one.apiKey)
  for (const path of ['/me', '/mail/messages?limit=100', '/projects/website/issues?per_page=100', '/payments']) {
    expect((await ask(two, path)).text).toBe((await ask(one, path)).text)
  }
})

test('another seed gives other content and other keys', async () => {
  await using one = await startSandbox({ seed: 5, now })
  await using two = await startSandbox({ seed: 6, now })
  expect(two.apiKey).not.toBe(one.apiKey)
  expect((await ask(two, '/payments')).text).not.toBe((await ask(one, '/payments')).text)
})

test('a given key is the key of the first account', async () => {
  await using sandbox = await startSandbox({ apiKey: 'sbx_mine' })
  expect(sandbox.apiKey).toBe('sbx_mine')
  expect((await ask(sandbox, '/me', { key: 'sbx_mine' })).json.id).toBe(sandbox.accounts[0].id)
})

test('a request without a valid key gets 401 and says what to send', async () => {
  await using sandbox = await startSandbox()
  for (const key of ['', 'sbx_unknown', sandbox.accounts[0].revokedKey]) {
    const told = await ask(sandbox, '/mail/messages', { key })
    expect(told.status).toBe(401)
    expect(told.headers.get('www-authenticate')).toMatch(/^Bearer/)
  }
  expect((await ask(sandbox, '/me', { key: sandbox.accounts[0].revokedKey })).json.error.code).toBe('revoked_key')
})

test('a key that is revoked while in use answers 401 from then on', async () => {
  await using sandbox = await startSandbox()
  expect((await ask(sandbox, '/me')).status).toBe(200)
  sandbox.revokeKey(sandbox.apiKey)
  expect((await ask(sandbox, '/me')).json.error.code).toBe('revoked_key')
})

test('a key without the payments scope gets 403 with the scope it needs, and keeps the others', async () => {
  await using sandbox = await startSandbox()
  const key = sandbox.accounts[0].limitedKey
  const told = await ask(sandbox, '/payments', { key })
  expect(told.status).toBe(403)
  expect(told.json.error).toMatchObject({ code: 'missing_scope', needed: 'payments' })
  expect((await ask(sandbox, '/me', { key })).json.scopes).toEqual(['mail', 'issues'])
  expect((await ask(sandbox, '/mail/messages', { key })).status).toBe(200)
})

test('each account reads and writes its own content only', async () => {
  await using sandbox = await startSandbox()
  const [first, second] = sandbox.accounts
  const before = second.store.messages.length
  const sent = await ask(sandbox, '/mail/messages', { key: first.apiKey, body: mail })
  expect(second.store.messages).toHaveLength(before)
  expect((await ask(sandbox, `/mail/messages/${sent.json.id}`, { key: second.apiKey })).status).toBe(404)
  for (const path of ['/me', '/mail/messages', '/projects/website/issues/1', '/payments', '/customers']) {
    const [one, two] = [
      await ask(sandbox, path, { key: first.apiKey }),
      await ask(sandbox, path, { key: second.apiKey }),
    ]
    expect(two.status).toBe(200)
    expect(two.text).not.toBe(one.text)
  }
})

test('/status needs no key; unknown paths are 404 and wrong methods 405 with Allow, all as JSON errors', async () => {
  await using sandbox = await startSandbox()
  expect((await ask(sandbox, '/status', { key: '' })).json.status).toBe('ok')
  expect((await ask(sandbox, '/nowhere', { key: '' })).json.error.code).toBe('not_found')
  for (const path of ['/mail/messages/', '/projects/%/issues', '//me', '/projects/website%2Fissues/issues']) {
    expect((await ask(sandbox, path.startsWith('//') ? `/.${path}` : path)).status).toBe(404)
  }
  const wrong = await ask(sandbox, '/payments', { method: 'DELETE' })
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, POST, HEAD'])
})

test('HEAD answers like GET without a body', async () => {
  await using sandbox = await startSandbox()
  const told = await ask(sandbox, '/mail/messages', { method: 'HEAD' })
  expect([told.status, told.text]).toEqual([200, ''])
  expect(Number(told.headers.get('content-length'))).toBeGreaterThan(1000)
})

test('a body that is not JSON in UTF-8 is refused and changes nothing', async () => {
  await using sandbox = await startSandbox()
  const before = sandbox.store.messages.length
  expect((await ask(sandbox, '/mail/messages', { body: '{"to":' })).status).toBe(400)
  const plain = { body: 'hello', headers: { 'content-type': 'text/plain' } }
  expect((await ask(sandbox, '/mail/messages', plain)).status).toBe(415)
  const invalid = await fetch(`${sandbox.url}/mail/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json' },
    body: Buffer.from('{"to":["a@b"],"subject":"Zoë","text":""}', 'latin1'),
  })
  expect(invalid.status).toBe(400)
  expect(sandbox.store.messages).toHaveLength(before)
})

test('a body above 10 MB is refused with 413 and changes nothing', async () => {
  await using sandbox = await startSandbox()
  const before = sandbox.store.messages.length
  const told = await ask(sandbox, '/mail/messages', { body: { ...mail, text: 'x'.repeat(11 * 1024 * 1024) } })
  expect(told.status).toBe(413)
  expect(sandbox.store.messages).toHaveLength(before)
})

test('a version header is optional, and an unknown version is refused', async () => {
  await using sandbox = await startSandbox()
  expect((await ask(sandbox, '/me', { headers: { 'sandbox-version': '2026-01-01' } })).status).toBe(200)
  expect((await ask(sandbox, '/me', { headers: { 'sandbox-version': '1999-01-01' } })).status).toBe(400)
})

test('the log holds each request as it reached the wire', async () => {
  await using sandbox = await startSandbox({ now })
  await wire(sandbox, '/mail/messages?q=%C3%A9t%C3%A9&folder=../x', { body: mail }).end
  const [seen] = sandbox.requests
  expect(seen).toMatchObject({
    atMs: now(),
    method: 'POST',
    path: '/mail/messages?q=%C3%A9t%C3%A9&folder=../x',
    body: JSON.stringify(mail),
    status: 201,
  })
  expect(seen?.headers.authorization).toBe(`Bearer ${sandbox.apiKey}`)
  expect(seen?.rawHeaders.slice(0, 2)).toEqual(['Host', 'sandbox'])
  expect(seen?.fault).toBeUndefined()
})

test('takeRequests gives the log and empties it', async () => {
  await using sandbox = await startSandbox()
  const log = sandbox.requests
  await ask(sandbox, '/me')
  expect(sandbox.takeRequests().map(request => request.path)).toEqual(['/me'])
  expect(log).toHaveLength(0)
  await ask(sandbox, '/status')
  expect(log.map(request => request.path)).toEqual(['/status'])
})

test('the log stays bounded and keeps the latest', async () => {
  await using sandbox = await startSandbox({ keepRequests: 3 })
  for (let i = 0; i < 8; i++) await ask(sandbox, `/status?${i}`)
  const paths = sandbox.requests.map(request => request.path)
  expect(paths.length).toBeLessThanOrEqual(6)
  expect(paths.slice(-3)).toEqual(['/status?5', '/status?6', '/status?7'])
})

test('reset brings back content, keys and chance, and forgets faults and requests', async () => {
  await using sandbox = await startSandbox({ now })
  const { store } = sandbox
  const before = JSON.stringify(store)
  const first = await ask(sandbox, '/mail/messages', { body: mail })
  sandbox.revokeKey(sandbox.apiKey)
  sandbox.script({ kind: 'status', status: 500 })
  sandbox.reset()
  expect(JSON.stringify(store)).toBe(before)
  expect(sandbox.requests).toHaveLength(0)
  expect((await ask(sandbox, '/mail/messages', { body: mail })).text).toBe(first.text)
})

test('the Date header follows the given clock', async () => {
  await using sandbox = await startSandbox({ now })
  expect((await ask(sandbox, '/status')).headers.get('date')).toBe('Sat, 14 Mar 2026 09:26:53 GMT')
})

test('a port that is taken rejects the start', async () => {
  await using sandbox = await startSandbox()
  await expect(startSandbox({ port: sandbox.port })).rejects.toThrow('EADDRINUSE')
})

test('latency within bounds is added to every answer', async () => {
  await using sandbox = await startSandbox({ latencyMs: [30, 40] })
  const before = performance.now()
  await ask(sandbox, '/status')
  expect(performance.now() - before).toBeGreaterThan(28)
})

test('stop ends idle, half-sent and hung connections at once and frees the port', async () => {
  const sandbox = await startSandbox()
  const silent = connect(sandbox.port, '127.0.0.1')
  const half = connect(sandbox.port, '127.0.0.1')
  half.write('POST /mail/messages HTTP/1.1\r\nHost: sandbox\r\nContent-Length: 100\r\n\r\n{')
  const closed = [silent, half].map(socket => {
    socket.on('error', () => {}).resume()
    return once(socket, 'close')
  })
  sandbox.script({ kind: 'hang' }, { kind: 'hang_after_headers' }, { kind: 'drip' }, { kind: 'slow', ms: 600_000 })
  const hung = [1, 2, 3, 4].map(() => wire(sandbox, '/me'))
  await sandbox.received(4)

  const before = performance.now()
  await sandbox.stop()
  expect(performance.now() - before).toBeLessThan(1000)
  await Promise.all([...closed, ...hung.map(({ end }) => end)])
  await using again = await startSandbox({ port: sandbox.port })
  expect((await ask(again, '/status')).status).toBe(200)
})

test('stop may be called twice', async () => {
  const sandbox = await startSandbox()
  await Promise.all([sandbox.stop(), sandbox.stop()])
  await sandbox.stop()
  await once(connect(sandbox.port, '127.0.0.1'), 'error')
})
