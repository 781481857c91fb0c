import { expect, test } from 'vitest'
import { checkPassword } from './check-password.ts'

test.each([
  'four plain words',
  'ünïcödé-ßtraße',
  '😀🐟🌵🍋🚲🧊🎈🥁🪁🧵',
  'x1'.repeat(5).concat('yz'),
  'a b c '.repeat(33),
])('%j may be a password', password => {
  expect(checkPassword(password, 'ada@example.com')).toBeUndefined()
})

test.each([
  ['too short', 'ninechars'],
  ['too short, though it has enough code units', '😀🐟🌵🍋🚲'],
  ['too long', 'abcd'.repeat(51)],
  ['known', 'Password123'],
  ['known', 'qwertyuiop'],
  ['of one character', 'aaaaaaaaaaaa'],
  ['the address', 'ada.lovelace@example.com'],
  ['the address before the @', 'Ada.Lovelace'],
])('a password that is %s is refused, and the field is named', (_, password) => {
  const fault = checkPassword(password, 'ada.lovelace@example.com', 'next')
  expect(fault).toMatchObject({ code: 'validation_error', details: { invalidFields: [{ field: 'next' }] } })
  expect(fault?.message).not.toContain(password)
})
