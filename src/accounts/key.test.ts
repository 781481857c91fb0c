import { describe, expect, test } from 'vitest'
import { hashKey, looksLikeKey, newKey } from './key.ts'

describe('a key', () => {
  test('says what it is, and a double click selects it whole', () => {
    expect(newKey('live')).toMatch(/^cllk_live_[0-9a-f]{48}$/)
    expect(newKey('test')).toMatch(/^cllk_test_[0-9a-f]{48}$/)
  })

  test('is never made twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => newKey('live'))).size).toBe(1000)
  })

  test('is kept as its SHA-256', () => {
    // FIPS 180-4, the one-block example.
    expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  test.each([
    '',
    'cllk_live_',
    'cllk_live_xyz',
    newKey('live').slice(1),
    `${newKey('live')}\n`,
    `cllk_prod_${'0'.repeat(48)}`,
  ])('is not %j', text => {
    expect(looksLikeKey(text)).toBe(false)
  })

  test('is known by its shape', () => {
    expect([looksLikeKey(newKey('live')), looksLikeKey(newKey('test'))]).toEqual([true, true])
  })
})
