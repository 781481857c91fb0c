import { expect, test } from 'vitest'
import { valuesAt } from './values-at.ts'

test.each([
  [{ to: 'a' }, 'to', ['a']],
  [{ to: ['a', 'b'] }, 'to', ['a', 'b']],
  [{ to: ['a', 'b'] }, 'to.*', ['a', 'b']],
  [{ to: 'a' }, 'to.*', ['a']],
  [{ to: [['a'], [['b']]] }, 'to', ['a', 'b']],
  [{ to: [['a'], [['b']]] }, 'to.*', ['a', 'b']],
  [{ to: { email: 'a', name: 'b' } }, 'to', ['a', 'b']],
  [{ to: [{ email: 'a' }, { email: 'b' }] }, 'to.*.email', ['a', 'b']],
  [{ to: [{ email: 'a' }, { email: 'b' }] }, 'to.email', ['a', 'b']],
  [{ to: { email: 'a' } }, 'to.email', ['a']],
  [{ to: { x: { email: 'a' } } }, 'to.*.email', ['a']],
  [{ to: ['a', 'b'] }, 'to.1', ['b']],
  [{ to: 'a', cc: ['b'] }, 'to, cc, bcc', ['a', 'b']],
  [{ to: 'a', cc: 'a' }, 'to,cc', ['a', 'a']],
  [{ n: 0, f: false, e: '', z: null }, '*', [0, false, '', null]],
  [{ to: [] }, 'to', []],
  [{ to: {} }, 'to', []],
  [{}, 'to', []],
  [{ to: 'a' }, 'to.email', []],
  [{ to: 'a' }, 'to.length', []],
  [{}, 'constructor.name', []],
  [{}, '__proto__', []],
])('%j has at %j the values %j', (args, path, values) => {
  expect(valuesAt(args, path)).toEqual(values)
})
