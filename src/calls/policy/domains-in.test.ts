import { describe, expect, test } from 'vitest'
import { disguises } from '../../../test/kit/disguises.ts'
import { domainsAnywhere, domainsIn, isDomainIn } from './domains-in.ts'

describe('a text that leads to another domain', () => {
  test.each(disguises)('is not taken for one of ours alone: %j', text => {
    const domains = domainsIn(text)
    expect(domains?.every(domain => isDomainIn(domain, ['ours.example'])) ?? false).toBe(false)
  })

  test.each(disguises)('is found by its domain: %j', text => {
    expect(domainsAnywhere(text).some(domain => isDomainIn(domain, ['evil.example']))).toBe(true)
  })
})

test.each([
  ['a@ours.example', ['ours.example']],
  ['A@OURS.example', ['ours.example']],
  ['a@ours.example.', ['ours.example']],
  ['a+evil@ours.example', ['ours.example']],
  [' A. O’Hara <a@ours.example> ', undefined],
  ["A. O'Hara <a@ours.example>", ['ours.example']],
  ['"Hara, A." <a@ours.example>', ['ours.example']],
  ['<a@ours.example>', ['ours.example']],
  ['a@ours.example, B <b@theirs.example>;', ['ours.example', 'theirs.example']],
  ['ü@münchen.example', ['xn--mnchen-3ya.example']],
  ['https://ours.example/a?b=c#d', ['ours.example']],
  ['https://OURS.example.:8443', ['ours.example']],
  ['wss://ours.example', ['ours.example']],
  ['ours.example', ['ours.example']],
  ['ours.example, theirs.example', ['ours.example', 'theirs.example']],
  ['', undefined],
  ['hello', undefined],
  ['a@localhost', undefined],
  ['a@[127.0.0.1]', undefined],
  ['ftp.//ours.example', undefined],
])('%j is nothing but the domains %j', (text, domains) => {
  expect(domainsIn(text)).toEqual(domains)
})

test.each([
  ['ours.example', ['ours.example'], true],
  ['ours.example', ['OURS.example.'], true],
  ['mail.ours.example', ['ours.example'], false],
  ['mail.ours.example', ['*.ours.example'], true],
  ['a.b.ours.example', ['*.ours.example'], true],
  ['ours.example', ['*.ours.example'], false],
  ['notours.example', ['ours.example', '*.ours.example'], false],
  ['ours.example.evil.example', ['ours.example', '*.ours.example'], false],
  ['xn--mnchen-3ya.example', ['münchen.example'], true],
  ['xn--mnchen-3ya.example', ['MÜNCHEN.example'], true],
])('%j is in %j: %j', (domain, list, isIn) => {
  expect(isDomainIn(domain, list)).toBe(isIn)
})

test.each([
  '@',
  ' ',
  '(',
  ')(',
  '"',
  '%40',
  '%e4',
  'a.',
  '.',
  'ü',
  'ü.',
  '<',
  'a@',
  ',',
  '=?',
  'https://',
  '\ufe0f',
  '＠',
])('a megabyte of %j is taken apart in time', part => {
  const text = part.repeat(1_000_000 / part.length)
  expect(domainsIn(text)).toBeUndefined()
  expect(domainsAnywhere(`${text} x@evil.example`)).toContain('evil.example')
  expect(domainsAnywhere(`x@evil.example ${text}`)).toContain('evil.example')
})
