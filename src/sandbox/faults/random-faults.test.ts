import { expect, test } from 'vitest'
import { startSandbox } from '../start.ts'
import { mail, wire } from '../test-client.ts'
import { faultKinds, isFault } from './check-fault.ts'
import type { Fault } from './fault.ts'
import { faultPhases, randomFaults, waysOf } from './random-faults.ts'

const path = '/mail/messages'
const nowMs = Date.UTC(2026, 2, 14)
const drawn = (count: number, options: Partial<Parameters<typeof randomFaults>[0]> = {}) => {
  const next = randomFaults({ seed: 1, rate: 1, ...options }, () => nowMs)
  return Array.from({ length: count }, () => next('POST', path))
}
const there = (faults: (Fault | undefined)[]) => faults.filter(fault => fault !== undefined)

test('every kind occurs at every phase that it can happen at, and each is one that can be scripted', () => {
  const faults = there(drawn(3000))
  expect(faults).toHaveLength(3000)
  expect(faults.every(isFault)).toBe(true)
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(faultKinds))
  for (const { phase, kind } of waysOf({})) {
    const some = there(drawn(20, { phases: [phase], kinds: [kind] }))
    expect(new Set(some.map(each => each.kind))).toEqual(new Set([kind]))
  }
  expect(new Set(waysOf({}).map(({ phase }) => phase))).toEqual(new Set(faultPhases))
})

test('429 comes with each way to say when to come back', () => {
  const faults = there(drawn(500, { kinds: ['rate_limit'] }))
  const hints = faults.map(fault => {
    if (fault.kind !== 'rate_limit') return 'another kind'
    const { kind, headers, ...fields } = fault
    return [...Object.keys(headers ?? {}), ...Object.keys(fields), typeof fields.retryAfter].sort().join()
  })
  expect(new Set(hints).size).toBe(8)
  for (const fault of faults) {
    if (fault.kind === 'rate_limit' && fault.resetEpochS !== undefined)
      expect(fault.resetEpochS * 1000).toBeGreaterThan(nowMs)
  }
})

test('the same seed and requests give the same faults, in whatever order different requests arrive', () => {
  expect(drawn(200)).toEqual(drawn(200))
  expect(drawn(200, { seed: 2 })).not.toEqual(drawn(200))
  const options = { seed: 3, rate: 0.5 }
  const [one = () => undefined, other = () => undefined] = [options, options].map(each =>
    randomFaults(each, () => nowMs),
  )
  const inTurns = Array.from({ length: 50 }, () => [one('GET', '/a'), one('GET', '/b')])
  const allOfB = Array.from({ length: 50 }, () => other('GET', '/b'))
  const allOfA = Array.from({ length: 50 }, () => other('GET', '/a'))
  expect(inTurns.map(([a]) => a)).toEqual(allOfA)
  expect(inTurns.map(([, b]) => b)).toEqual(allOfB)
})

test('about as many requests meet one as the rate says, and only those that match', () => {
  const met = there(drawn(2000, { rate: 0.2 })).length
  expect(met).toBeGreaterThan(340)
  expect(met).toBeLessThan(460)
  expect(there(drawn(50, { match: { method: 'GET' } }))).toEqual([])
})

test('scripted faults come first, and a reset begins those by seed anew', async () => {
  const options = { seed: 5, rate: 1, kinds: ['status', 'html', 'ok_error', 'close_after_read'] as const }
  await using sandbox = await startSandbox({ randomFaults: options })
  const kinds = async (count: number) => {
    for (let i = 0; i < count; i++) await wire(sandbox, path, { body: mail }).end
    return sandbox.takeRequests().map(({ fault }) => fault)
  }
  sandbox.script({ kind: 'invalid_json' })
  const [scripted, ...first] = await kinds(6)
  expect(scripted).toEqual({ kind: 'invalid_json' })
  sandbox.reset()
  expect(await kinds(5)).toEqual(first)
  sandbox.clearFaults()
  expect(await kinds(1)).toEqual([undefined])
  expect(() => sandbox.randomFaults({ seed: 1, rate: 7 })).toThrow(TypeError)
})

test('what took effect is counted exactly, through every fault', async () => {
  await using sandbox = await startSandbox({ randomFaults: { seed: 7, rate: 0.8, largeBytes: 100_000 } })
  const before = sandbox.store.messages.length
  for (let i = 0; i < 300; i++) {
    const writing = wire(sandbox, path, { body: i % 10 === 0 ? { to: 'nobody' } : mail })
    const logged = sandbox.requests.length
    // Hung and endless ones are left once they are in the log; a connection that is closed at once never is.
    await Promise.race([writing.end, sandbox.received(logged + 1)])
    writing.hangUp()
    await writing.end
  }
  const met = new Set(sandbox.requests.map(({ fault }) => fault?.kind))
  expect(met.size).toBeGreaterThan(15)
  expect(sandbox.applied({ method: 'POST', path })).toBe(sandbox.store.messages.length - before)
  expect(sandbox.applied({ method: 'POST', path })).toBeGreaterThan(100)
})

test('a payment that is repeated under its idempotency key took effect once', async () => {
  await using sandbox = await startSandbox()
  const customer = sandbox.store.customers[0]?.id
  const asked = { body: { amount: 100, currency: 'eur', customer } }
  for (let i = 0; i < 3; i++) {
    await fetch(`${sandbox.url}/payments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${sandbox.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': 'k1',
      },
      body: JSON.stringify(asked.body),
    })
  }
  expect(sandbox.requests.map(({ applied }) => applied)).toEqual([true, false, false])
  expect(sandbox.applied({ path: '/payments' })).toBe(1)
})
