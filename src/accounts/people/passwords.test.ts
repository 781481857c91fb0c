import { expect, test } from 'vitest'
import { Fault } from '../../core/errors.ts'
import { createPasswords } from './passwords.ts'

test('a password fits what was stored of it, and no other does', async () => {
  const passwords = createPasswords()
  const stored = String(await passwords.hash('four plain words'))
  expect(stored).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
  expect(await passwords.fits('four plain words', stored)).toBe(true)
  expect(await passwords.fits('four plain word', stored)).toBe(false)
  expect(await passwords.hash('four plain words')).not.toBe(stored)
})

test('composed and decomposed characters are the same password', async () => {
  const passwords = createPasswords()
  expect(await passwords.fits('zehn Stu\u0308hle', String(await passwords.hash('zehn St\u00fchle')))).toBe(true)
})

test('nothing fits where nothing is stored', async () => {
  const passwords = createPasswords()
  for (const stored of ['', 'scrypt$1$1$1$$', 'plain$four plain words'])
    expect(await passwords.fits('four plain words', stored)).toBe(false)
})

test('hashes beyond what may wait are refused at once, and the others end', async () => {
  const passwords = createPasswords({ parallelMax: 1, waitingMax: 1 })
  const all = await Promise.all(['one', 'two', 'three', 'four'].map(word => passwords.hash(word)))
  expect(all.map(each => each instanceof Fault)).toEqual([false, false, true, true])
  expect(all[2]).toMatchObject({ code: 'rate_limited', details: { retryAfterMs: expect.any(Number) } })
  expect(await passwords.hash('five')).toContain('scrypt$')
})
