import { expect, test } from 'vitest'
import { formOf } from './form-body.ts'

test.each([
  [{ a: 1, b: true, c: 'x y&z' }, 'a=1&b=true&c=x+y%26z'],
  [{ a: { b: { c: 1 } } }, 'a%5Bb%5D%5Bc%5D=1'],
  [{ list: ['x', { y: 2 }] }, 'list%5B0%5D=x&list%5B1%5D%5By%5D=2'],
  [{ unset: null, gone: undefined }, 'unset='],
])('arguments become a form: %j', (args, text) => {
  expect(formOf(Object.entries(args))).toBe(text)
})
