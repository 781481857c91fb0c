import { describe, expect, test } from 'vitest'
import { cursor, link, type Page } from './define.ts'
import { linkTarget, nextPage, requestPage } from './page.ts'

const request = { method: 'GET', url: 'https://api.example/issues?state=open&page=1', headers: { accept: 'a' } }

function follow(page: Page, answer: { link?: string; body?: unknown }): string | undefined {
  const next = nextPage(page, { linkHeader: answer.link, body: answer.body })
  return next === undefined ? undefined : requestPage(request, next)?.url
}

describe('the next page by a Link header', () => {
  test('has the query of the link with the relation next', () => {
    const header = '<https://api.example/issues?page=1>; rel="prev", <https://api.example/issues?page=3>; rel="next"'
    expect(follow(link(), { link: header })).toBe('https://api.example/issues?state=open&page=3')
  })

  test('stays at the path and host of the tool, wherever the link points', () => {
    const header = '<https://evil.example/elsewhere?page=2>; rel="next"'
    expect(follow(link(), { link: header })).toBe('https://api.example/issues?state=open&page=2')
  })

  test('may be a relative link', () => {
    expect(follow(link(), { link: '</issues?page=2>; rel=next' })).toBe('https://api.example/issues?state=open&page=2')
  })

  test.each([
    undefined,
    '',
    '<https://api.example/issues?page=1>; rel="prev"',
    '<https://api.example/issues>; rel="next"',
    'junk',
  ])('does not exist by the header %j', header => {
    expect(follow(link(), header === undefined ? {} : { link: header })).toBeUndefined()
  })
})

describe('the next page by a cursor', () => {
  const page = cursor('cursor', 'paging.next')

  test('sends back the value of the body, escaped', () => {
    expect(follow(page, { body: { paging: { next: 'a+b/c=' } } })).toBe(
      'https://api.example/issues?state=open&page=1&cursor=a%2Bb%2Fc%3D',
    )
  })

  test.each([null, {}, { paging: null }, { paging: { next: null } }, { paging: { next: '' } }, [], 'text'])(
    'does not exist by the body %j',
    body => {
      expect(follow(page, { body })).toBeUndefined()
    },
  )
})

test('a tool that is not paged has no next page', () => {
  expect(nextPage(undefined, { linkHeader: '<https://a.example/?page=2>; rel="next"', body: {} })).toBeUndefined()
})

describe('a next that we did not make', () => {
  const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test.each(['', 'page=2', 'not base64 !', made(7), made(null), made([]), made({}), made({ page: 2 }), made(['a'])])(
    'such as %j is refused',
    next => {
      expect(requestPage(request, next)).toBeUndefined()
    },
  )

  test('can only change the query', () => {
    const forged = requestPage(request, made({ url: 'https://evil.example', host: 'evil.example', '#': '/../x' }))
    const url = new URL(forged?.url ?? '')
    expect([url.origin, url.pathname, url.hash]).toEqual(['https://api.example', '/issues', ''])
    expect(forged).toMatchObject({ method: 'GET', headers: request.headers })
  })
})

describe('Link headers as servers write them', () => {
  test.each([
    ['<https://a.example/?p=2>; rel="next"', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>;rel=next', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>; REL="next"', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>; title="a, b; c"; rel="next"', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2,3>; rel="next last"', 'https://a.example/?p=2,3'],
    ['<https://a.example/?p=1>; rel="prev", <https://a.example/?p=3>; rel="next"', 'https://a.example/?p=3'],
    ['<https://a.example/?p=1>; rel="nextish"', undefined],
    ['<https://a.example/?p=1>; anchor="next"', undefined],
  ])('%s', (header, target) => {
    expect(linkTarget(header, 'next')).toBe(target)
  })

  test.each(['<', '<a>;', ';a=b', '<a', '" ', ' '])(
    'are read in linear time, even when they repeat %j without end',
    piece => {
      const header = piece.repeat(64_000 / piece.length)
      const started = performance.now()
      expect(linkTarget(header, 'next')).toBeUndefined()
      expect(performance.now() - started).toBeLessThan(500)
    },
  )
})
