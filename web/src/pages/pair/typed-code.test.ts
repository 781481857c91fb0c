import { expect, test } from 'vitest'
import { isWholeCode, typedCode } from './typed-code.ts'

test.each([
  ['', ''],
  ['wdjb', 'WDJB'],
  ['wdjbm', 'WDJB-M'],
  ['WDJB-MJHT', 'WDJB-MJHT'],
  [' wdjb mjht ', 'WDJB-MJHT'],
  ['wdjb–mjht', 'WDJB-MJHT'],
  ['WDJBMJHTX', 'WDJB-MJHT'],
])('a code typed as "%s" reads %s', (typed, code) => {
  expect(typedCode(typed)).toBe(code)
  expect(typedCode(code)).toBe(code)
  expect(isWholeCode(code)).toBe(code === 'WDJB-MJHT')
})
