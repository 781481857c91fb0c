import { expect, test } from 'vitest'
import { parseTokenBody } from './parse-token-body.ts'

test.each<[text: string, fields: unknown]>([
  ['{"a":1}', { a: 1 }],
  ['\uFEFF\n{"a":1}\n', { a: 1 }],
  ['[{"a":1}]', [{ a: 1 }]],
  ['a=1&b=x+y%2Fz', { a: '1', b: 'x y/z' }],
  ['a=&b=1', { a: '', b: '1' }],
  ['a=1\n', { a: '1' }],
  ['', undefined],
  ['"text"', undefined],
  ['12', undefined],
  ['null', undefined],
  ['plain words', undefined],
  ['{"a":1', undefined],
  ['<html lang=en>', undefined],
  ['not found, id=3', undefined],
])('%j holds %j', (text, fields) => {
  expect(parseTokenBody(text)).toEqual(fields)
})
