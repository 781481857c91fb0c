import { describe, expect, test } from 'vitest'
import { Fault } from '../core/errors.ts'
import { parseJson } from './read-json.ts'

const parse = (text: string | Buffer) => {
  const parsed = parseJson(Buffer.from(text))
  return parsed instanceof Fault ? parsed.message : parsed
}
const nested = (levels: number, open = '[', close = ']') => `${open.repeat(levels)}${close.repeat(levels)}`
const tooDeep = 'The JSON is nested deeper than 64 levels.'

describe('JSON', () => {
  test.each(['{}', '[]', 'null', '7', '"a"', ' {"a" : [1, {"b": "ü"}] } '])('%s is read as it is', text => {
    expect(parse(text)).toEqual({ value: JSON.parse(text) })
  })

  test('may be nested 64 levels deep and no deeper, in lists, in objects and in both', () => {
    expect(parse(nested(64))).toEqual({ value: JSON.parse(nested(64)) })
    expect(parse(nested(65))).toBe(tooDeep)
    expect(parse(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toBe(tooDeep)
    expect(parse(`${'{"a":'.repeat(64)}1${'}'.repeat(64)}`)).not.toBe(tooDeep)
    expect(parse(`${'[{"a":'.repeat(33)}1${'}]'.repeat(33)}`)).toBe(tooDeep)
  })

  test('counts the depth, not the brackets', () => {
    const wide = `[${Array(1000).fill('[[]]').join()}]`
    expect(parse(wide)).toEqual({ value: JSON.parse(wide) })
  })

  test.each([
    ['brackets in a text', `{"a":"${nested(100)}"}`],
    ['brackets in a name', `{"${nested(100)}":1}`],
    ['brackets behind an escaped quote', JSON.stringify({ a: `"${nested(100)}` })],
    ['brackets behind an escaped backslash', JSON.stringify({ a: `\\`, b: nested(100) })],
    ['brackets behind many backslashes', JSON.stringify({ a: `${'\\'.repeat(99)}"${nested(100)}` })],
  ])('does not count %s', (_, text) => {
    expect(parse(text)).toEqual({ value: JSON.parse(text) })
  })

  test('counts brackets behind a text that ends in a backslash', () => {
    expect(parse(`{"a":"\\\\","b":${nested(64)}}`)).toBe(tooDeep)
  })

  test('is read in linear time, however it is broken', () => {
    for (const piece of ['[', '{', '"', '\\', '"\\', '[]', '{"a":']) {
      const text = piece.repeat(1_000_000 / piece.length)
      const started = performance.now()
      parse(text)
      expect(performance.now() - started).toBeLessThan(1000)
    }
  })
})
