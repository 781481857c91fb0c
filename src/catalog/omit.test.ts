import { expect, test } from 'vitest'
import { omitFields } from './omit.ts'

const answer = {
  id: 1,
  url: 'u',
  owner: { login: 'a', avatar_url: 'x' },
  labels: [{ name: 'bug', url: 'u' }],
  none: null,
}

test('fields whose name matches are left out at any depth, everything else stays', () => {
  expect(omitFields(answer, /url$/)).toEqual({ id: 1, owner: { login: 'a' }, labels: [{ name: 'bug' }], none: null })
})

test('the value that was given stays as it is', () => {
  const before = structuredClone(answer)
  omitFields(answer, /./)
  expect(answer).toEqual(before)
})

test('texts, numbers and null are given as they are', () => {
  for (const value of ['url', 7, null, true]) expect(omitFields(value, /./)).toBe(value)
})
