import { expect, test } from 'vitest'
import { says, wordsOf } from './says.ts'

const found = (value: unknown, text: string) => says(value, wordsOf(text))

test('a search finds what has all of its words, in any order and case', () => {
  expect(found('The flexbox bug is in Safari.', 'safari BUG')).toBe(true)
  expect(found('The flexbox bug is in Safari.', 'safari firefox')).toBe(false)
})

test('it finds words anywhere in a JSON value, as a person would read them', () => {
  const value = { title: 'Ünïcode\n"quoted"', steps: [{ port: 8080, done: true }] }
  for (const text of ['ünïcode', '"quoted"', '8080', 'steps', 'u\u0308ni\u0308code'])
    expect(found(value, text)).toBe(true)
  expect(found(value, '\\n')).toBe(false)
  expect(found(null, 'x')).toBe(false)
})

test('a search for nothing finds everything', () => {
  expect(found({}, '  ')).toBe(true)
})
