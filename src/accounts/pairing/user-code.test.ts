import { expect, test } from 'vitest'
import { newUserCode, readUserCode } from './user-code.ts'

test('a code is eight letters in two groups, without vowels', () => {
  for (let i = 0; i < 200; i++) expect(newUserCode()).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
  expect(new Set(Array.from({ length: 1000 }, newUserCode)).size).toBe(1000)
})

test.each([
  ['wdjb-mjht', 'WDJB-MJHT'],
  ['WDJBMJHT', 'WDJB-MJHT'],
  [' wdjb – mjht ', 'WDJB-MJHT'],
  ['w.d.j.b.m.j.h.t', 'WDJB-MJHT'],
])('is read however it is typed: %j', (typed, code) => {
  expect(readUserCode(typed)).toBe(code)
})

test.each(['', 'WDJB-MJH', 'WDJB-MJHTT', 'WDJB-MJHA', '1234-5678', `${' '.repeat(200)}WDJBMJHT`])(
  '%j is none',
  typed => {
    expect(readUserCode(typed)).toBeUndefined()
  },
)
