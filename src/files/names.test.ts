import { describe, expect, test } from 'vitest'
import { attachment, nameIn, safeMediaType, safeName } from './names.ts'

describe('a name', () => {
  test.each([
    ['report.pdf', 'report.pdf'],
    ['  Überblick 2026.pdf ', 'Überblick 2026.pdf'],
    ['日本語.txt', '日本語.txt'],
    ['/etc/passwd', 'passwd'],
    ['../../.ssh/authorized_keys', 'authorized_keys'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['C:\\temp\\x.png', 'x.png'],
    ['.htaccess', 'htaccess'],
    ['..', 'file'],
    ['', 'file'],
    ['///', 'file'],
    ['a\r\nSet-Cookie: x=1', 'a__Set-Cookie_ x=1'],
    ['a\u0000b', 'a_b'],
    ['evil\u202egnp.exe', 'evil_gnp.exe'],
    ['say "hi"?.txt', 'say _hi__.txt'],
    ['cllk_live_abcdefgh.txt', 'cllk_live_•••.txt'],
  ])('%j is stored as %j', (asked, stored) => {
    expect(safeName(asked)).toBe(stored)
  })

  test('is cut to 200 characters, and keeps its ending', () => {
    const name = safeName(`${'é'.repeat(500)}.pdf`)
    expect([...name]).toHaveLength(200)
    expect(name).toMatch(/é\.pdf$/)
  })
})

test.each([
  ['image/png', 'image/png'],
  [' text/plain; charset=utf-8 ', 'text/plain; charset=utf-8'],
  ['multipart/x; boundary="a b"', 'multipart/x; boundary="a b"'],
  [undefined, 'application/octet-stream'],
  ['', 'application/octet-stream'],
  ['text', 'application/octet-stream'],
  ['text/html\r\nx: y', 'application/octet-stream'],
  ['text/html; a', 'application/octet-stream'],
  ['text/plain; charset=utf-8;', 'text/plain; charset=utf-8;'],
  ['text/plain; x="a\\"b"', 'text/plain; x="a\\"b"'],
  [`text/plain${'; '.repeat(80)}!`, 'application/octet-stream'],
  [`text/${'x'.repeat(300)}`, 'application/octet-stream'],
])('the type %j is stored as %j', (asked, stored) => {
  expect(safeMediaType(asked)).toBe(stored)
})

test('a name is given in a form that no header is broken by', () => {
  expect(attachment('a b.txt')).toBe(`attachment; filename="a b.txt"; filename*=UTF-8''a%20b.txt`)
  expect(attachment("Ü'(x).txt")).toBe(`attachment; filename="_'(x).txt"; filename*=UTF-8''%C3%9C%27%28x%29.txt`)
  expect(attachment('100%"\\')).toBe(`attachment; filename="100___"; filename*=UTF-8''100%25%22%5C`)
})

test.each([
  ['attachment; filename="a b.txt"', 'a b.txt'],
  ['attachment; filename=a.txt; size=3', 'a.txt'],
  ['attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'],
  [`attachment; filename="x.txt"; filename*=UTF-8''%e2%82%ac.txt`, '€.txt'],
  [`attachment; filename="x.txt"; filename*=UTF-8''%ff.txt`, 'x.txt'],
  ['attachment', undefined],
  [undefined, undefined],
])('the name in %j is %j', (header, name) => {
  expect(nameIn(header)).toBe(name)
})
