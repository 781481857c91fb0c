import { expect, test } from 'vitest'
import { randomFor } from '../random.ts'
import type { Fault } from './fault.ts'
import { faultScript } from './fault-script.ts'

function scripted(...faults: Fault[]) {
  const script = faultScript(
    () => randomFor(1, 'faults'),
    () => 0,
  )
  script.add(faults)
  return script
}

const status = (code: number, rest: Partial<Fault> = {}): Fault => ({ ...rest, kind: 'status', status: code })

test('faults answer in the order they were added, once each', () => {
  const [one, two] = [status(500), status(502)]
  const script = scripted(one, two)
  expect([script.take('GET', '/a'), script.take('GET', '/b'), script.take('GET', '/c')]).toEqual([one, two, undefined])
})

test('a fault with times answers that many, and always never runs out', () => {
  const script = scripted({ kind: 'hang', times: 2 })
  expect([1, 2, 3].map(() => script.take('GET', '/')?.kind)).toEqual(['hang', 'hang', undefined])
  const endless = scripted({ kind: 'hang', times: 'always' })
  for (let i = 0; i < 100; i++) expect(endless.take('GET', '/')?.kind).toBe('hang')
})

test('a fault waits for a request that matches and lets others pass', () => {
  const script = scripted({ kind: 'hang', match: { method: 'POST', path: '/mail' } })
  expect(script.take('GET', '/mail/messages')).toBeUndefined()
  expect(script.take('POST', '/payments')).toBeUndefined()
  expect(script.take('POST', '/mail/messages')?.kind).toBe('hang')
})

test('a path that begins with ^ is a regular expression for path and query', () => {
  const script = scripted({ kind: 'hang', times: 'always', match: { path: '^/mail.*[?&]cursor=|/refund$' } })
  expect(script.take('GET', '/mail/messages')).toBeUndefined()
  expect(script.take('GET', '/mail/messages?limit=3&cursor=x')?.kind).toBe('hang')
  expect(script.take('POST', '/payments/pay_1/refund')?.kind).toBe('hang')
})

test('a fault with a probability goes on at about that rate, the same for the same seed', () => {
  const script = scripted({ kind: 'hang', probability: 0.2 })
  const draws = () => Array.from({ length: 2000 }, () => Boolean(script.take('GET', '/')))
  const first = draws()
  expect(first.filter(Boolean).length).toBeGreaterThan(340)
  expect(first.filter(Boolean).length).toBeLessThan(460)
  script.clear()
  script.add([{ kind: 'hang', probability: 0.2 }])
  expect(draws()).toEqual(first)
})

test('clear forgets what was left', () => {
  const script = scripted({ kind: 'hang', times: 'always' })
  script.clear()
  expect(script.take('GET', '/')).toBeUndefined()
})
