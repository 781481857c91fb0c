import { describe, expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.UTC(2026, 0, 15, 12)
const dayMs = 24 * 60 * 60 * 1000

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    ['007', 7_000],
    ['86400', dayMs],
    ['86401', dayMs],
    ['9'.repeat(400), undefined],
    ['Thu, 15 Jan 2026 12:01:30 GMT', 90_000],
    ['Thu, 15 Jan 2026 11:59:30 GMT', 0],
    ['Thu, 15 Jan 2026 12:00:00 GMT', 0],
    ['Thursday, 15-Jan-26 12:01:30 GMT', 90_000],
    ['Thu Jan 15 12:01:30 2026', 90_000],
    ['Sat, 15 Jan 2226 12:00:00 GMT', dayMs],
    ['Thu, 15 Jan 1926 12:00:00 GMT', 0],
    ['', undefined],
    [' ', undefined],
    ['soon', undefined],
    ['7 seconds', undefined],
    ['in 7', undefined],
    ['-7', undefined],
    ['+7', undefined],
    ['1.5', undefined],
    ['0x10', undefined],
    ['1e3', undefined],
    ['٧', undefined],
    ['Infinity', undefined],
    ['2026-01-15T12:01:30Z', undefined],
    ['Thu, 99 Jan 2026 12:01:30 GMT', undefined],
  ])('%j means to wait %j ms', (header, ms) => {
    expect(retryAfterMs({ 'retry-after': header }, [], now)).toBe(ms)
  })

  test('that is not there means nothing', () => {
    expect(retryAfterMs({}, [], now)).toBeUndefined()
  })
})

describe('a hint of the provider’s own', () => {
  const reset = { header: 'x-reset', unit: 'epoch_s' } as const
  const delta = { header: 'x-delta', unit: 'delta_s' } as const
  const inS = (s: number) => String(now / 1000 + s)

  test.each([
    ['seconds from now', { 'x-delta': '7' }, 7_000],
    ['seconds with a fraction', { 'x-delta': '1.5' }, 1_500],
    ['a time in seconds', { 'x-reset': inS(40) }, 40_000],
    ['a time that has passed', { 'x-reset': inS(-40) }, 0],
    ['a time far away', { 'x-reset': inS(999_999_999) }, dayMs],
    ['the first of two in the order of the connector', { 'x-reset': inS(40), 'x-delta': '7' }, 40_000],
    ['the second when the first is nonsense', { 'x-reset': 'soon', 'x-delta': '7' }, 7_000],
    ['nothing when it is nonsense', { 'x-reset': '-1', 'x-delta': '' }, undefined],
  ])('may be %s', (_, headers, ms) => {
    expect(retryAfterMs(headers, [reset, delta], now)).toBe(ms)
  })

  test('is asked for only when the standard header says nothing of use', () => {
    expect(retryAfterMs({ 'retry-after': '3', 'x-delta': '7' }, [delta], now)).toBe(3_000)
    expect(retryAfterMs({ 'retry-after': 'soon', 'x-delta': '7' }, [delta], now)).toBe(7_000)
  })

  test('counts only beside the header that makes it one', () => {
    const hint = { ...delta, when: ['x-remaining', '0'] as [string, string] }
    expect(retryAfterMs({ 'x-delta': '7', 'x-remaining': '0' }, [hint], now)).toBe(7_000)
    expect(retryAfterMs({ 'x-delta': '7', 'x-remaining': '9' }, [hint], now)).toBeUndefined()
  })
})
