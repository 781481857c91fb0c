import { expect, test } from 'vitest'
import { normaliseEmail } from './email.ts'

test.each([
  ['Ada@Example.COM', 'ada@example.com'],
  ['  ada+tag@example.com ', 'ada+tag@example.com'],
  ['ada@localhost', 'ada@localhost'],
])('%j is kept as %j', (typed, kept) => {
  expect(normaliseEmail(typed)).toBe(kept)
})

test.each([
  '',
  'ada',
  '@example.com',
  'ada@',
  'ada@example..com',
  'ada@-example.com',
  'ada@example.com, eve@example.com',
  'ada@example.com\nBcc: eve@example.com',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a.'.repeat(130)}com`,
  // The Kelvin sign, whose lower case is a plain k.
  'mi\u212Ae@example.com',
  'ada@ex\u0430mple.com',
])('%j is no address', typed => {
  expect(normaliseEmail(typed)).toBeUndefined()
})
