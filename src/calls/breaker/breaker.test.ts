import { describe, expect, test } from 'vitest'
import { admit, type Breaker, closedBreaker, record, type Sign, thresholdsOf } from './breaker.ts'

const now = 1_000_000
const usual = thresholdsOf()
const openMs = 30_000
const closed = (failures: number): Breaker => ({ state: 'closed', failures })
const open = (until: number): Breaker => ({ state: 'open', until })
const halfOpen = (probeUntil: number): Breaker => ({ state: 'half-open', probeUntil })

describe('whether a call may pass', () => {
  const rows: [name: string, before: Breaker, after: Breaker, waitMs: number][] = [
    ['closed: always', closed(0), closed(0), 0],
    ['closed with four failures: still', closed(4), closed(4), 0],
    ['open: not before its time', open(now + 1), open(now + 1), 1],
    ['open: not for the whole time', open(now + openMs), open(now + openMs), openMs],
    ['open: at its time one may try', open(now), halfOpen(now + openMs), 0],
    ['open: long after its time one may try', open(now - 99_999), halfOpen(now + openMs), 0],
    ['half-open: nobody while one is trying', halfOpen(now + 10), halfOpen(now + 10), 10],
    ['half-open: another when the first never came back', halfOpen(now), halfOpen(now + openMs), 0],
  ]
  test.each(rows)('%s', (_, before, after, waitMs) => {
    expect(admit(before, usual, now)).toEqual({ breaker: after, waitMs })
  })
})

describe('what a call that passed leaves behind', () => {
  const rows: [name: string, before: Breaker, sign: Sign, after: Breaker][] = [
    ['closed: a good answer keeps it', closed(0), 'up', closed(0)],
    ['closed: a good answer forgets the failures', closed(4), 'up', closed(0)],
    ['closed: a failure counts', closed(0), 'down', closed(1)],
    ['closed: the fourth failure counts', closed(3), 'down', closed(4)],
    ['closed: the fifth failure opens it', closed(4), 'down', open(now + openMs)],
    ['half-open: a good answer closes it', halfOpen(now + 10), 'up', closed(0)],
    ['half-open: a failure opens it again', halfOpen(now + 10), 'down', open(now + openMs)],
    ['half-open: a try that found out nothing lets another one try', halfOpen(now + 10), 'nothing', open(now)],
    ['closed: what says nothing changes nothing', closed(4), 'nothing', closed(4)],
    ['open: a late good answer of an earlier call does not close it', open(now + 10), 'up', open(now + 10)],
    ['open: a late failure of an earlier call does not make it longer', open(now + 10), 'down', open(now + 10)],
  ]
  test.each(rows)('%s', (_, before, sign, after) => {
    expect(record(before, sign, usual, now)).toEqual(after)
  })

  test('starts closed', () => {
    expect(closedBreaker).toEqual(closed(0))
  })
})

test('a provider that stays down is asked once in 30 seconds, for ever', () => {
  let breaker = closedBreaker
  const asked: number[] = []
  for (let at = 0; at < 120_000; at += 1000) {
    const admitted = admit(breaker, usual, at)
    breaker = admitted.breaker
    if (admitted.waitMs > 0) continue
    asked.push(at)
    breaker = record(breaker, 'down', usual, at)
  }
  expect(asked).toEqual([0, 1000, 2000, 3000, 4000, 34_000, 64_000, 94_000])
})

test('a provider may have thresholds of its own', () => {
  expect(thresholdsOf({ failures: 2, openS: 5 })).toEqual({ failures: 2, openMs: 5000 })
  expect(thresholdsOf({ openS: 5 })).toEqual({ failures: 5, openMs: 5000 })
  const strict = thresholdsOf({ failures: 2, openS: 5 })
  expect(record(closed(1), 'down', strict, now)).toEqual(open(now + 5000))
  expect(admit(open(now), strict, now).breaker).toEqual(halfOpen(now + 5000))
  expect(record(halfOpen(now), 'down', strict, now)).toEqual(open(now + 5000))
})
