import { expect, test } from 'vitest'
import { valueAt, withValueAt } from './paths.ts'

const body = { error: { code: 'gone', fields: [{ name: 'title' }] }, empty: null, text: 'abc' }

test('finds what a dotted path leads to, through objects and arrays', () => {
  expect(valueAt(body, 'error.code')).toBe('gone')
  expect(valueAt(body, 'error.fields.0.name')).toBe('title')
  expect(valueAt(body, 'empty')).toBeNull()
})

test('takes names that hold dots as a list', () => {
  const odata = { '@odata.nextLink': 'a', 'a.b': { c: 1 } }
  expect(valueAt(odata, ['@odata.nextLink'])).toBe('a')
  expect(valueAt(odata, ['a.b', 'c'])).toBe(1)
  expect(valueAt(odata, '@odata.nextLink')).toBeUndefined()
})

test('puts a value at a path of a copy, and makes what is missing on the way', () => {
  const before = { page: { limit: 2 }, list: [1], text: 'a' }
  expect(withValueAt(before, ['page', 'cursor'], 'x')).toEqual({ ...before, page: { limit: 2, cursor: 'x' } })
  expect(withValueAt(before, ['page'], 'x')).toEqual({ ...before, page: 'x' })
  expect(withValueAt(before, ['a', 'b', 'c'], 1)).toEqual({ ...before, a: { b: { c: 1 } } })
  for (const name of ['list', 'text'])
    expect(withValueAt(before, [name, 'a'], 1)).toEqual({ ...before, [name]: { a: 1 } })
  expect(before).toEqual({ page: { limit: 2 }, list: [1], text: 'a' })
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
