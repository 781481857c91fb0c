import { describe, expect, test } from 'vitest'
import { fillText, fillUrl } from './fill-url.ts'

const fill = (template: string, value: string, hosts?: string[]) => fillUrl(template, { x: value }, hosts)

describe('a value in the host of a URL', () => {
  test.each([
    ['acme', 'https://acme.desk.example/api'],
    ['acme-2', 'https://acme-2.desk.example/api'],
    ['eu.acme', 'https://eu.acme.desk.example/api'],
  ])('may be a name: %s', (value, url) => {
    expect(fill('https://{x}.desk.example/api', value)).toBe(url)
  })

  test.each([
    'evil.example/',
    'evil.example#',
    'evil.example?',
    'a@evil.example',
    'a:80',
    'a\\b',
    'a b',
    'a\r\nb',
    '..',
    '.a',
    'a.',
    '-a',
    'ä',
    '%2e',
    '{y}',
    '[::1]',
  ])('leads nowhere else: %j is refused', value => {
    expect(fill('https://{x}.desk.example/api', value)).toMatchObject({ field: 'x' })
  })

  test('has to be there', () => {
    expect(fillUrl('https://{x}.desk.example', {})).toEqual({ field: 'x', problem: 'is missing' })
    expect(fill('https://{x}.desk.example', '')).toEqual({ field: 'x', problem: 'is missing' })
  })

  test('that is the whole host may bring a port, and has to be one of the listed hosts', () => {
    expect(fill('https://{x}/api', 'git.acme.example:8443')).toBe('https://git.acme.example:8443/api')
    expect(fill('https://{x}/api', 'login.force.example', ['*.force.example'])).toBe('https://login.force.example/api')
    for (const host of ['evil.example', 'force.example', 'evilforce.example', 'force.example.evil.example'])
      expect(fill('https://{x}/api', host, ['*.force.example'])).toMatchObject({ field: 'x' })
  })
})

describe('a value that a URL begins with', () => {
  test('is a web address, with its path kept', () => {
    expect(fill('{x}/api', 'https://na1.force.example/')).toBe('https://na1.force.example/api')
    expect(fill('{x}/api', 'https://git.example/sub')).toBe('https://git.example/sub/api')
  })

  test.each([
    'evil',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://u:p@a.example',
    'https://a.example/?q',
    'https://[::1]',
    '',
  ])('is nothing else: %j is refused', value => {
    expect(fill('{x}/api', value)).toMatchObject({ field: 'x' })
  })

  test('is at one of the listed hosts', () => {
    expect(fill('{x}/api', 'https://evil.example', ['*.force.example'])).toMatchObject({ field: 'x' })
  })

  test('is taken as it is when it is the base that an owner set', () => {
    expect(fillUrl('{base}/token', { base: 'http://127.0.0.1:1' }, ['*.force.example'])).toBe(
      'http://127.0.0.1:1/token',
    )
  })
})

test('a value in a path or query is encoded, and cannot walk up', () => {
  expect(fill('https://a.example/{x}/b?c={x}', 'm/n ?&=é')).toBe(
    'https://a.example/m%2Fn%20%3F%26%3D%C3%A9/b?c=m%2Fn%20%3F%26%3D%C3%A9',
  )
  expect(fill('https://a.example/{x}/b', '..')).toMatchObject({ field: 'x' })
})

test('a text is filled only when all of its names are known', () => {
  const known = (name: string) => ({ a: '$&', b: '{a}' })[name]
  expect(fillText('{a}/{b}', known)).toBe('$&/{a}')
  expect(fillText('{a}/{c}', known)).toBeUndefined()
  expect(fillText('{"x":"{b}",{ }{}{b}', known)).toBe(`{"x":"${known('b')}",{ }{}${known('b')}`)
  expect(fillText('}{b}{b', known)).toBe(`}${known('b')}{b`)
})
