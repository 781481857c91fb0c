import { describe, expect, test } from 'vitest'
import { Fault } from '../../core/errors.ts'
import { checkKey, keysBelow } from './key.ts'

describe('a key', () => {
  test.each([
    ['a'],
    ['notes/plan.md'],
    ['.env'],
    ['a/.hidden/b'],
    ['with space/and (brackets) & more.txt'],
    ['ünïcödé/日本語/😀.txt'],
    ['console.log'],
    ['..a/...b'],
    ['100%/done'],
    ['x'.repeat(500)],
  ])('%j may be used', key => {
    expect(checkKey(key)).toBe(key.normalize('NFC'))
  })

  test('has one form, however its letters are composed', () => {
    expect(checkKey('u\u0308ber.txt')).toBe('\u00fcber.txt')
  })

  test.each([
    [''],
    ['/etc/passwd'],
    ['a/'],
    ['a//b'],
    ['.'],
    ['..'],
    ['../a'],
    ['a/../../b'],
    ['a/./b'],
    ['a/..'],
    ['..\\..\\windows'],
    ['a\\b'],
    ['C:/windows'],
    ['C:evil'],
    ['file.txt:stream'],
    ['a\u0000.txt'],
    ['a\r\nSet-Cookie: x'],
    ['a\nb'],
    ['a\u007fb'],
    ['a\u0085b'],
    ['a\u2028b'],
    ['evil\u202egnp.exe'],
    ['zero\u200bwidth'],
    ['\ufeffbom'],
    ['half\ud800'],
    ['none\uffff'],
    ['none\u{10ffff}'],
    ['%2e%2e/a'],
    ['..%2fetc'],
    ['%2E%2E%5Ca'],
    ['a%00.txt'],
    ['\uff0e\uff0e/a'],
    ['\u2024\u2024/a'],
    ['a\uff0f..\uff0fb'],
    ['a/\u2025/b'],
    ['CON'],
    ['a/nul.txt'],
    ['Com1'],
    ['lpt9.tar.gz/x'],
    [' a'],
    ['a /b'],
    ['a./b'],
    ['trailing.'],
    ['a/\u00a0b'],
    ['what?'],
    ['a*b'],
    ['a|b'],
    ['<a>'],
    ['"a"'],
    ['x'.repeat(501)],
    ['ü'.repeat(251)],
  ])('%j is refused, and the fault names the field', key => {
    const refused = checkKey(key)
    expect(refused).toBeInstanceOf(Fault)
    expect(refused).toMatchObject({ code: 'validation_error', details: { invalidFields: [{ field: 'key' }] } })
  })
})

test('the range of a prefix holds every key that begins with it, and no other', () => {
  const { from, to } = keysBelow('a/')
  const isIn = (key: string) =>
    Buffer.compare(Buffer.from(key), Buffer.from(from)) >= 0 && Buffer.from(key).compare(Buffer.from(to)) < 0
  expect(['a/', 'a/b', 'a/zz', 'a/😀', 'a/\u{10fffd}'].every(isIn)).toBe(true)
  expect(['a', 'a.b', 'a0', 'b/', ''].some(isIn)).toBe(false)
})
