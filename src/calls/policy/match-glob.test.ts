import { expect, test } from 'vitest'
import { matchesGlob } from './match-glob.ts'

test.each([
  ['a', 'a', true],
  ['a', 'ab', false],
  ['a', 'A', false],
  ['*', '', true],
  ['*', 'anything\nat all', true],
  ['a*', 'a', true],
  ['a*', 'ba', false],
  ['*a', 'ba', true],
  ['*a', 'ab', false],
  ['a*b', 'ab', true],
  ['a*b', 'aXb', true],
  ['a*a', 'a', false],
  ['ab*ba', 'aba', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'acb', false],
  ['**', 'x', true],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['mail_*_message', 'mail_delete_message', true],
  ['mail_*_message', 'mail_message', false],
])('%j fits %j: %j', (pattern, text, fits) => {
  expect(matchesGlob(pattern, text)).toBe(fits)
})

test('no pattern takes long, however long the text', () => {
  const pattern = '*a'.repeat(100)
  expect(matchesGlob(`${pattern}b`, 'a'.repeat(1_000_000))).toBe(false)
  expect(matchesGlob(`*${'a'.repeat(190)}b*`, 'a'.repeat(1_000_000))).toBe(false)
})
