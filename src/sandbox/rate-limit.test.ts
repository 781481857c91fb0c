import { expect, test } from 'vitest'
import { startSandbox } from './start.ts'
import { ask, mail } from './test-client.ts'

async function start() {
  let time = Date.UTC(2026, 2, 14)
  const sandbox = await startSandbox({ now: () => time, rateLimit: { requests: 3, perMs: 10_000 } })
  return { sandbox, now: () => time, pass: (ms: number) => (time += ms), [Symbol.asyncDispose]: sandbox.stop }
}

test('every answer to a key says how much is left, errors too', async () => {
  await using world = await start()
  const left = []
  for (const path of ['/me', '/nowhere', '/mail/messages?limit=0']) {
    const { headers } = await ask(world.sandbox, path)
    expect(headers.get('x-ratelimit-limit')).toBe('3')
    expect(headers.get('x-ratelimit-reset')).toBe(String(world.now() / 1000 + 10))
    left.push(headers.get('x-ratelimit-remaining'))
  }
  expect(left).toEqual(['2', '1', '0'])
})

test('past the limit comes 429 with the seconds to wait, and nothing is applied', async () => {
  await using world = await start()
  for (let i = 0; i < 3; i++) await ask(world.sandbox, '/me')
  world.pass(2_500)
  const before = world.sandbox.store.messages.length
  const told = await ask(world.sandbox, '/mail/messages', { body: mail })
  expect([told.status, told.headers.get('retry-after')]).toEqual([429, '8'])
  expect(told.json.error.code).toBe('rate_limited')
  expect(told.headers.get('x-ratelimit-remaining')).toBe('0')
  expect(world.sandbox.store.messages).toHaveLength(before)
})

test('waiting as long as it says is enough', async () => {
  await using world = await start()
  for (let i = 0; i < 3; i++) await ask(world.sandbox, '/me')
  const refused = await ask(world.sandbox, '/me')
  world.pass(Number(refused.headers.get('retry-after')) * 1000)
  expect((await ask(world.sandbox, '/me')).headers.get('x-ratelimit-remaining')).toBe('2')
})

test('keys have windows of their own, and requests without a valid key use none', async () => {
  await using world = await start()
  for (let i = 0; i < 4; i++) await ask(world.sandbox, '/me')
  const [first, second] = world.sandbox.accounts
  expect((await ask(world.sandbox, '/me', { key: first.limitedKey })).status).toBe(200)
  expect((await ask(world.sandbox, '/me', { key: second.apiKey })).status).toBe(200)
  const unknown = await ask(world.sandbox, '/me', { key: 'sbx_unknown' })
  expect([unknown.status, unknown.headers.get('x-ratelimit-limit')]).toEqual([401, null])
})

test('reset begins new windows', async () => {
  await using world = await start()
  for (let i = 0; i < 4; i++) await ask(world.sandbox, '/me')
  world.sandbox.reset()
  expect((await ask(world.sandbox, '/me')).headers.get('x-ratelimit-remaining')).toBe('2')
})

test('of a sliding limit, no window holds more, wherever it begins', async () => {
  let time = Date.UTC(2026, 2, 14)
  const rateLimit = { requests: 2, perMs: 10_000, sliding: true }
  await using sandbox = await startSandbox({ now: () => time, rateLimit })
  const statuses = []
  for (const ms of [0, 9_000, 500, 500, 0, 8_999, 1]) {
    time += ms
    statuses.push((await ask(sandbox, '/me')).status)
  }
  expect(statuses).toEqual([200, 200, 429, 200, 429, 429, 200])
})

test('without a limit no rate-limit headers are sent', async () => {
  await using sandbox = await startSandbox()
  expect((await ask(sandbox, '/me')).headers.get('x-ratelimit-limit')).toBeNull()
})
