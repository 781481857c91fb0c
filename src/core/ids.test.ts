import { describe, expect, test } from 'vitest'
import { isId, newId } from './ids.ts'

const now = Date.UTC(2026, 0, 15)

describe('an id', () => {
  test('is its prefix and 32 characters that a double click selects whole', () => {
    for (const prefix of ['ws', 'agt', 'key', 'conn', 'call', 'ring'] as const) {
      expect(newId(prefix, now)).toMatch(new RegExp(`^${prefix}_[0-9a-f]{32}$`))
    }
  })

  test('that was made later sorts later', () => {
    const times = [0, 1, 15, 16, 255, 256, 4096, now, now + 1, now + 16, now + 86_400_000, 2 ** 48 - 1]
    const ids = times.map(ms => newId('call', ms))
    expect(ids.toSorted()).toEqual(ids)
  })

  test('that was made later in the same millisecond sorts later too', () => {
    const ids = Array.from({ length: 1000 }, () => newId('call', now))
    expect(ids.toSorted()).toEqual(ids)
  })

  test('holds its time in its first 48 bits', () => {
    expect(Number.parseInt(newId('call', now).slice(5, 17), 16)).toBe(now)
  })

  test('is never made twice, also when many are made in one millisecond', () => {
    const ids = new Set(Array.from({ length: 20_000 }, () => newId('call', now)))
    expect(ids.size).toBe(20_000)
  })

  test('cannot be guessed: each of its last 16 characters takes every value about equally often', () => {
    const counts = Array.from({ length: 16 }, () => new Map<string, number>())
    const made = 32_000
    for (let i = 0; i < made; i++) {
      const random = newId('call', now).slice(-16)
      for (const [at, count] of counts.entries()) count.set(random[at] ?? '', (count.get(random[at] ?? '') ?? 0) + 1)
    }
    for (const count of counts) {
      expect(count.size).toBe(16)
      // 2,000 of each are expected; ten standard deviations away is beyond any chance.
      for (const times of count.values()) expect(Math.abs(times - made / 16)).toBeLessThan(440)
    }
  })
})

describe('the shape of an id', () => {
  test('is known', () => {
    expect(isId('call', newId('call', now))).toBe(true)
  })

  test.each([
    '',
    'call_',
    newId('conn', now),
    newId('call', now).slice(0, -1),
    `${newId('call', now)}0`,
    newId('call', now).toUpperCase(),
    `call_${'0'.repeat(31)}/`,
    `call_${'0'.repeat(31)}\n`,
    `call_${'0'.repeat(32)}\n`,
    `call_${'0'.repeat(31)}é`,
    `call_${'0'.repeat(31)}g`,
    ` ${newId('call', now).slice(1)}`,
  ])('is not that of %j', text => {
    expect(isId('call', text)).toBe(false)
  })
})
