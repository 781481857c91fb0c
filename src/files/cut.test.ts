import { expect, test } from 'vitest'
import { cutter } from './cut.ts'

test.each([
  ['nothing', [], ['']],
  ['empty pieces', ['', ''], ['']],
  ['less than a piece', ['ab'], ['ab']],
  ['exactly a piece', ['abc'], ['abc']],
  ['a bit more', ['abcd'], ['abc', 'd']],
  ['exactly two, in odd parts', ['a', 'bcde', 'f'], ['abc', 'def']],
  ['many at once', ['abcdefgh'], ['abc', 'def', 'gh']],
  ['byte by byte', [...'abcdefg'], ['abc', 'def', 'g']],
])('cuts %s into full pieces and a last one', (_, parts, pieces) => {
  const cut = cutter(3)
  const full = parts.flatMap(part => cut.add(Buffer.from(part)))
  expect([...full, cut.end()].map(String)).toEqual(pieces)
})
