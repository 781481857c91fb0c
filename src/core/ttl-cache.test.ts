import { describe, expect, test } from 'vitest'
import { TtlCache } from './ttl-cache.ts'

describe('a cache with a time to live', () => {
  test('gives what was put in, until its time is over to the millisecond', () => {
    const cache = new TtlCache<number>({ ttlMs: 1000, entriesMax: 10 })
    cache.set('a', 1, 5000)
    expect([cache.get('a', 5000), cache.get('a', 5999), cache.get('a', 6000), cache.get('b', 5000)]).toEqual([
      1,
      1,
      undefined,
      undefined,
    ])
  })

  test('counts the time anew when it is put in again, and not when it is read', () => {
    const cache = new TtlCache<number>({ ttlMs: 1000, entriesMax: 10 })
    cache.set('a', 1, 0)
    cache.get('a', 999)
    expect(cache.get('a', 1000)).toBeUndefined()
    cache.set('a', 2, 1000)
    expect(cache.get('a', 1999)).toBe(2)
  })

  test('gives back what it was given', () => {
    const value = {}
    expect(new TtlCache<object>({ ttlMs: 1, entriesMax: 1 }).set('a', value, 0)).toBe(value)
  })

  test('holds no more than it may; the one set longest ago goes first', () => {
    const cache = new TtlCache<number>({ ttlMs: 1000, entriesMax: 2 })
    cache.set('a', 1, 0)
    cache.set('b', 2, 0)
    cache.set('a', 3, 0)
    cache.set('c', 4, 0)
    expect(['a', 'b', 'c'].map(key => cache.get(key, 0))).toEqual([3, undefined, 4])
  })

  test('forgets everything at once', () => {
    const cache = new TtlCache<number>({ ttlMs: 1000, entriesMax: 2 })
    cache.set('a', 1, 0)
    cache.clear()
    expect(cache.get('a', 0)).toBeUndefined()
  })

  test('takes names that mean something to JavaScript for names', () => {
    const cache = new TtlCache<number>({ ttlMs: 1000, entriesMax: 2 })
    expect(cache.get('__proto__', 0)).toBeUndefined()
    cache.set('__proto__', 1, 0)
    expect(cache.get('__proto__', 0)).toBe(1)
    expect(cache.get('toString', 0)).toBeUndefined()
  })
})
