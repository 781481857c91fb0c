import { describe, expect, test } from 'vitest'
import { mergeText } from './merge-text.ts'

const labels = { theirs: 'version 2', yours: 'yours' }
const merge = (base: string, theirs: string, yours: string) => mergeText({ base, theirs, yours }, labels)
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}`)

describe('a three-way merge', () => {
  test.each([
    ['changes of different lines', 'a\nb\nc\nd\ne\n', 'A\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\n', 'A\nb\nc\nd\nE\n'],
    ['a change of one only', 'a\nb\n', 'a\nB\n', 'a\nb\n', 'a\nB\n'],
    ['the same change twice', 'a\nb\nc\n', 'a\nX\nc\n', 'a\nX\nc\n', 'a\nX\nc\n'],
    ['lines added at both ends', 'm\n', 'first\nm\n', 'm\nlast\n', 'first\nm\nlast\n'],
    ['lines taken away and added', 'a\nb\nc\nd\n', 'a\nc\nd\n', 'a\nb\nc\nx\nd\n', 'a\nc\nx\nd\n'],
    ['line ends of Windows', 'a\r\nb\r\nc\r\n', 'A\r\nb\r\nc\r\n', 'a\r\nb\r\nC\r\n', 'A\r\nb\r\nC\r\n'],
    ['no line end at the end', 'a\nb\nc', 'a\nb\nC', 'A\nb\nc', 'A\nb\nC'],
    [
      'lines named like parts of objects',
      '__proto__\nx\nconstructor',
      '__proto__\nx\nC',
      'P\nx\nconstructor',
      'P\nx\nC',
    ],
    [
      'lines that repeat',
      '{\n}\n{\n}\n{\n}\n',
      '{\n1\n}\n{\n}\n{\n}\n',
      '{\n}\n{\n}\n{\n3\n}\n',
      '{\n1\n}\n{\n}\n{\n3\n}\n',
    ],
  ])('takes %s', (_, base, theirs, yours, text) => {
    expect(merge(base, theirs, yours)).toEqual({ text, conflicts: false })
  })

  test('shows both where both have changed the same line', () => {
    expect(merge('a\nb\nc\n', 'a\nX\nc\n', 'a\nY\nc\n')).toEqual({
      text: 'a\n<<<<<<< version 2\nX\n=======\nY\n>>>>>>> yours\nc\n',
      conflicts: true,
    })
  })

  test('of two new files with nothing in common is a conflict', () => {
    expect(merge('', 'x', 'y')).toMatchObject({ conflicts: true })
  })

  test('takes a long text with changes far apart, with blank lines all over, without delay', () => {
    const base = numbered(20_000).flatMap((line, i) => (i % 3 ? [line] : [line, '', '}']))
    const theirs = base.with(0, 'theirs')
    const yours = base.with(-5, 'yours')
    const before = performance.now()
    const merged = merge(base.join('\n'), theirs.join('\n'), yours.join('\n'))
    expect(performance.now() - before).toBeLessThan(1000)
    expect(merged).toEqual({ text: theirs.with(-5, 'yours').join('\n'), conflicts: false })
  })

  test('is not begun where it would take too long', () => {
    const blank = '\n'.repeat(500_000)
    const before = performance.now()
    expect(merge(blank, `x${blank}`, `${blank}y`)).toBeUndefined()
    expect(performance.now() - before).toBeLessThan(1000)
  })
})
