import { expect, test } from 'vitest'
import type { BreakerRow } from '../../db/schema.ts'
import type { Breaker } from './breaker.ts'
import { createKnown } from './known.ts'

const now = 1_000_000
const open: Breaker = { state: 'open', until: now + 30_000 }
const row = (key: string, probeUntil = 0): BreakerRow => ({
  connection_id: key,
  workspace_id: 'ws_1',
  open_until: now + 30_000,
  probe_owner: probeUntil ? 'call_of_another' : '',
  probe_until: probeUntil,
  changed_at: now,
})
/** Some accounts opened by this process, in the database already. */
function opened(...keys: string[]) {
  const known = createKnown()
  for (const key of keys) {
    const arrived = known.change(key)
    known.of(key).breaker = open
    arrived()
  }
  return known
}

test('what another process opened is open here, and half-open while it tries', () => {
  const known = createKnown()
  known.begin()([row('a'), row('b', now + 5)], now)
  expect(known.get('a')?.breaker).toEqual(open)
  expect(known.get('b')?.breaker).toEqual({ state: 'half-open', probeUntil: now + 5 })
})

test('what another process closed is forgotten here, and so is nothing else', () => {
  const known = opened('a', 'b')
  known.begin()([row('a')], now)
  expect(known.get('a')?.breaker).toEqual(open)
  expect(known.get('b')).toBeUndefined()
})

test('failures that this process counts are nobody else’s business', () => {
  const known = createKnown()
  known.of('a').breaker = { state: 'closed', failures: 3 }
  known.begin()([], now)
  expect(known.get('a')?.breaker).toEqual({ state: 'closed', failures: 3 })
})

test('a look that failed changes nothing', () => {
  const known = opened('a')
  known.begin()(undefined, now)
  expect(known.get('a')?.breaker).toEqual(open)
})

test('a look that began before a change arrived says nothing about it', () => {
  const known = createKnown()
  const arrived = known.change('a')
  known.of('a').breaker = open
  const before = known.begin()
  arrived()
  before([], now)
  expect(known.get('a')?.breaker).toEqual(open)
  known.begin()([], now)
  expect(known.size()).toBe(0)
})

test('a look on its way does not bring back what this process has closed', () => {
  const known = opened('a')
  const late = known.begin()
  const arrived = known.change('a')
  known.of('a').breaker = { state: 'closed', failures: 0 }
  arrived()
  late([row('a')], now)
  expect(known.size()).toBe(0)
})

test('a try that has taken too long is no longer one when another process tries', () => {
  const known = opened('a')
  known.of('a').probe = 'call_of_ours'
  known.begin()([row('a', now + 5)], now)
  expect(known.get('a')?.probe).toBeUndefined()
})

test('however many accounts are in trouble, only so many are known', () => {
  const known = createKnown(3)
  for (const key of ['a', 'b', 'c', 'd']) known.of(key).breaker = open
  expect([...known.all()].map(([key]) => key)).toEqual(['b', 'c', 'd'])
})
