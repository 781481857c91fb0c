import { expect, test } from 'vitest'
import { valueAt } from './paths.ts'

const body = { error: { code: 'gone', fields: [{ name: 'title' }] }, empty: null, text: 'abc' }

test('finds what a dotted path leads to, through objects and arrays', () => {
  expect(valueAt(body, 'error.code')).toBe('gone')
  expect(valueAt(body, 'error.fields.0.name')).toBe('title')
  expect(valueAt(body, 'empty')).toBeNull()
})

test('finds nothing where the path leads nowhere', () => {
  for (const path of ['missing', 'error.missing.deeper', 'error.fields.7', 'empty.x', 'text.x', '']) {
    expect(valueAt(body, path)).toBeUndefined()
  }
  for (const value of [null, undefined, 'text', 7, true]) expect(valueAt(value, 'a')).toBeUndefined()
})

test('sees only what the answer itself holds', () => {
  for (const path of ['constructor', '__proto__', 'toString', 'error.constructor.name']) {
    expect(valueAt(body, path)).toBeUndefined()
  }
  expect(valueAt(JSON.parse('{"__proto__":{"a":1}}'), '__proto__.a')).toBe(1)
})
