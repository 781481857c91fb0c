import { describe, expect, test } from 'vitest'
import { fillTemplate, parseTemplate, pathInputs, urlInputs } from './template.ts'

const fill = (request: string, args: Record<string, unknown>) => fillTemplate(parseTemplate(request), args)

describe('a request template', () => {
  test('knows its method and which inputs its URL takes', () => {
    const template = parseTemplate('PUT /repos/{owner}/{repo}/contents/{+path}{?ref,draft}')
    expect(template.method).toBe('PUT')
    expect(pathInputs(template)).toEqual(['owner', 'repo', 'path'])
    expect([...urlInputs(template)]).toEqual(['owner', 'repo', 'path', 'ref', 'draft'])
  })

  test('takes a path without any input', () => {
    expect(fill('GET /user', { unused: 1 })).toBe('/user')
  })

  test.each(['/user', 'GET', 'GET user', 'get /user', 'OPTIONS /user', '', 'GET https://elsewhere.example/user'])(
    'is refused when it is %j',
    request => {
      expect(() => parseTemplate(request)).toThrow('not a request template')
    },
  )
})

describe('path inputs', () => {
  test.each([
    ['a/b', 'a%2Fb'],
    ['a b', 'a%20b'],
    ['a?b#c&d', 'a%3Fb%23c%26d'],
    ['100%', '100%25'],
    ['%2e%2e', '%252e%252e'],
    ['ünï/ćode', '%C3%BCn%C3%AF%2F%C4%87ode'],
    ['a\r\nhost: evil', 'a%0D%0Ahost%3A%20evil'],
    [42, '42'],
    [false, 'false'],
    [0, '0'],
  ])('carry %j as one segment', (name, written) => {
    expect(fill('GET /labels/{name}/x', { name })).toBe(`/labels/${written}/x`)
  })

  test('with a plus keep their slashes and escape all else', () => {
    expect(fill('GET /contents/{+path}', { path: 'src/a b/ü?.ts' })).toBe('/contents/src/a%20b/%C3%BC%3F.ts')
  })

  test.each(['', '.', '..', undefined, null, []])('cannot be %j', name => {
    expect(fill('GET /repos/{name}', { name })).toMatchObject({
      field: 'name',
      problem: expect.stringContaining('must not'),
    })
  })

  test.each(['..', 'a/../b', 'a/..', '../a', 'a//b', '/a', 'a/', 'a/./b', ''])('with a plus cannot be %j', path => {
    expect(fill('GET /contents/{+path}', { path })).toMatchObject({ field: 'path' })
  })

  test('that are not well-formed Unicode are refused, not mangled', () => {
    expect(fill('GET /labels/{name}', { name: 'a\ud800b' })).toEqual({
      field: 'name',
      problem: 'must be well-formed Unicode',
    })
  })

  test('never change which path the URL names', () => {
    for (const hostile of [
      '...',
      '.%2e',
      '..;',
      '\\..\\',
      ' ..',
      '..\t',
      '..\u0000',
      '@evil.example',
      '//evil.example',
    ]) {
      const path = fill('GET /repos/{name}/issues', { name: hostile })
      if (typeof path !== 'string') continue
      const url = new URL(`https://api.example${path}`)
      expect([hostile, url.origin, url.pathname.split('/').length]).toEqual([hostile, 'https://api.example', 4])
    }
  })
})

describe('query inputs', () => {
  const request = 'GET /search{?q,state,labels,all}'

  test('are written in the order of the template', () => {
    expect(fill(request, { all: true, state: 'open', q: 'a' })).toBe('/search?q=a&state=open&all=true')
  })

  test('that are absent or null are left out, others are not', () => {
    expect(fill(request, { q: undefined, state: null })).toBe('/search')
    expect(fill(request, { q: '', state: 0, all: false })).toBe('/search?q=&state=0&all=false')
  })

  test('cannot add a parameter or end the query', () => {
    expect(fill(request, { q: 'a&admin=1#x=y+z' })).toBe('/search?q=a%26admin%3D1%23x%3Dy%2Bz')
  })

  test('repeat their name for each item of a list, and none for an empty list', () => {
    expect(fill(request, { labels: ['a', 'b c'] })).toBe('/search?labels=a&labels=b%20c')
    expect(fill(request, { labels: [] })).toBe('/search')
  })

  test('write an object as JSON', () => {
    expect(fill(request, { q: { a: [1] } })).toBe('/search?q=%7B%22a%22%3A%5B1%5D%7D')
  })

  test('that are not well-formed Unicode are repaired', () => {
    expect(fill(request, { q: 'a\udc00' })).toBe('/search?q=a%EF%BF%BD')
  })
})
