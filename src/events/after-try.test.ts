import { describe, expect, test } from 'vitest'
import { lost, type WireResult } from '../net/wire.ts'
import { afterTry, failingMsMax, pausesMs } from './after-try.ts'

const nowMs = Date.UTC(2026, 0, 15, 12)
const answered = (status: number, headers = {}): WireResult => ({
  kind: 'answered',
  status,
  headers,
  body: Buffer.from('their words'),
})
const timeout = lost('maybe_sent', 'timeout', 'No answer in time.')
const first = { attempts: 1, failingSince: nowMs, once: false, nowMs, random: () => 0 }

test.each([200, 201, 202, 204, 299])('%d is delivered', status => {
  expect(afterTry(answered(status), first)).toEqual({ state: 'delivered' })
})

test.each([
  ['301', answered(301, { location: 'https://elsewhere.example' })],
  ['400', answered(400)],
  ['404', answered(404)],
  ['429', answered(429)],
  ['500', answered(500)],
  ['no answer in time', timeout],
  ['no connection', lost('not_sent', 'refused', 'Refused.')],
] as const)('%s is tried again, and what the receiver says is not repeated', (_, result) => {
  expect(afterTry(result, first)).toEqual({ state: 'waiting', at: nowMs + 5_000, problem: expect.any(String) })
  expect(JSON.stringify(afterTry(result, first))).not.toMatch(/their words|elsewhere/)
})

test('ten tries, each pause longer than the one before, over some three days; then it is given up and can be replayed', () => {
  const pauses = [...Array(10).keys()].map(n => afterTry(timeout, { ...first, attempts: n + 1 }))
  expect(pauses.map(next => (next.state === 'waiting' ? next.at - nowMs : next.state))).toEqual([...pausesMs, 'failed'])
  expect(pausesMs).toEqual([...pausesMs].sort((a, b) => a - b))
  const days = pausesMs.reduce((sum, each) => sum + each, 0) / 86_400_000
  expect(days).toBeGreaterThan(3)
  expect(days * 1.2).toBeLessThan(failingMsMax / 86_400_000)
})

test('chance adds up to a fifth of the pause, and takes nothing away', () => {
  for (const random of [0, 0.5, 0.999]) {
    const next = afterTry(timeout, { ...first, attempts: 4, random: () => random })
    expect(next).toMatchObject({ at: nowMs + Math.floor(7_200_000 * (1 + 0.2 * random)) })
  }
})

describe('Retry-After', () => {
  test.each([
    ['in seconds is waited for', '120', 120_000],
    ['as a date is waited for', 'Thu, 15 Jan 2026 12:10:00 GMT', 600_000],
    ['shorter than our own pause changes nothing', '1', 5_000],
    ['in the past changes nothing', 'Thu, 15 Jan 2026 11:00:00 GMT', 5_000],
    ['beyond a day is a day', '99999999999', 86_400_000],
    ['that is nonsense says nothing', 'soon', 5_000],
  ])('%s', (_, value, waitMs) => {
    expect(afterTry(answered(503, { 'retry-after': value }), first)).toMatchObject({ at: nowMs + waitMs })
  })
})

test('410 ends it at once and turns the endpoint off', () => {
  expect(afterTry(answered(410), first)).toMatchObject({ state: 'failed', turnOff: 'gone' })
})

test('an endpoint that has failed for five days is turned off; a moment before it is not', () => {
  const failing = { ...first, failingSince: nowMs - failingMsMax }
  expect(afterTry(timeout, failing)).toMatchObject({ state: 'failed', turnOff: 'failing' })
  expect(afterTry(timeout, { ...failing, nowMs: nowMs - 1 })).toMatchObject({ state: 'waiting' })
  expect(afterTry(answered(200), failing)).toEqual({ state: 'delivered' })
})

test('a test is tried once', () => {
  expect(afterTry(timeout, { ...first, once: true })).toMatchObject({ state: 'failed', turnOff: false })
})
