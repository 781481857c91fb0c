import { describe, expect, test } from 'vitest'
import { bodyCursor, bodyLink, cursor, graphqlPages, link, offset, type Page, pageNumber } from './define.ts'
import { linkTarget, nextPage, type PageAnswer, requestPage } from './page.ts'

const request = { method: 'GET', url: 'https://api.example/issues?state=open', headers: { accept: 'a' } }
const posted = { ...request, method: 'POST', body: '{"query":"a","page":{"limit":2}}' }

const paged = (page: Page | undefined, ...inputs: string[]) => ({ page, inUrl: new Set(inputs) })
const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The request for the page after this answer; undefined when it is the last one. */
function follow(page: Page, answer: Partial<PageAnswer>, { inputs = [''], from = request } = {}) {
  const tool = paged(page, ...inputs)
  const next = nextPage(tool, { url: from.url, body: null, ...answer })
  return next === undefined ? undefined : requestPage(tool, from, next)
}

const urlAfter = (page: Page, answer: Partial<PageAnswer>, ...inputs: string[]) => follow(page, answer, { inputs })?.url

describe('the next page by a Link header', () => {
  test('has the query of the link with the relation next', () => {
    const linkHeader =
      '<https://api.example/issues?page=1>; rel="prev", <https://api.example/issues?page=3>; rel="next"'
    expect(urlAfter(link(), { linkHeader })).toBe('https://api.example/issues?state=open&page=3')
  })

  test('stays at the path and host of the tool, wherever the link points', () => {
    const linkHeader = '<https://evil.example/elsewhere?page=2>; rel="next"'
    expect(urlAfter(link(), { linkHeader })).toBe('https://api.example/issues?state=open&page=2')
  })

  test('may be a relative link', () => {
    const linkHeader = '</issues?page=2>; rel=next'
    expect(urlAfter(link(), { linkHeader })).toBe('https://api.example/issues?state=open&page=2')
  })

  test('keeps what the caller asked for, whatever the link says about it', () => {
    const linkHeader = '<https://api.example/issues?state=closed&page=2>; rel="next"'
    expect(urlAfter(link(), { linkHeader }, 'state')).toBe('https://api.example/issues?state=open&page=2')
  })

  test('keeps what the tool itself says in its query', () => {
    const from = { ...request, url: 'https://api.example/issues?fields=id&page[size]=50' }
    const linkHeader = '<https://api.example/issues?fields=secret&page%5Bsize%5D=1&page=2>; rel="next"'
    expect(follow(link(), { linkHeader }, { from })?.url).toBe(`${from.url}&page=2`)
  })

  test('has every value of a parameter that the link gives several of', () => {
    const linkHeader = '<https://api.example/issues?page=2&id=1&id=&id=3>; rel="next"'
    expect(urlAfter(link(), { linkHeader })).toBe('https://api.example/issues?state=open&page=2&id=1&id=&id=3')
  })

  test('leaves the rest of the query as it is written', () => {
    const from = { ...request, url: 'https://api.example/issues?$top=2&fields=a(b,c)&q=x%20y+z&flag' }
    const linkHeader = '<https://api.example/issues?%24skiptoken=a%2Fb>; rel="next"'
    expect(follow(link(), { linkHeader }, { from })?.url).toBe(`${from.url}&$skiptoken=a%2Fb`)
  })

  test.each([
    undefined,
    '',
    '<https://api.example/issues?page=1>; rel="prev"',
    '<https://api.example/issues>; rel="next"',
    '<https://api.example/issues?>; rel="next"',
    '<https://[/?page=2>; rel="next"',
    'junk',
  ])('does not exist by the header %j', linkHeader => {
    expect(follow(link(), { linkHeader })).toBeUndefined()
  })

  test('exists only where the link says that it leads somewhere, for providers that always give one', () => {
    const page = link(['results', 'true'])
    const at = (results: string) => `<https://api.example/issues?cursor=0:100:0>; rel="next"; results="${results}"`
    expect(urlAfter(page, { linkHeader: at('true') })).toBe('https://api.example/issues?state=open&cursor=0%3A100%3A0')
    expect(urlAfter(page, { linkHeader: at('false') })).toBeUndefined()
    expect(urlAfter(page, { linkHeader: '<https://api.example/issues?cursor=1>; rel="next"' })).toBeUndefined()
  })
})

describe('the next page by a link in the body', () => {
  test.each([
    ['next_page', 'https://api.example/v2/issues?page=2', { next_page: 'https://api.example/issues?page=2' }],
    ['next_page_uri', 'relative', { next_page_uri: '/2010/Issues.json?page=2' }],
    ['_links.next', 'below', { _links: { next: '/issues?page=2' } }],
    [['@odata.nextLink'], 'a name with dots', { '@odata.nextLink': 'https://api.example/issues?page=2' }],
    [['a.b', 'c'], 'names, one with dots', { 'a.b': { c: '?page=2' } }],
  ])('at %j', (path, _, body) => {
    expect(urlAfter(bodyLink(path), { body })).toBe('https://api.example/issues?state=open&page=2')
  })

  test('takes over the query alone, and of that no argument', () => {
    const body = { next: 'https://user:pass@evil.example:81/other?state=closed&page=2#/x' }
    expect(follow(bodyLink('next'), { body }, { inputs: ['state'] })).toEqual({
      ...request,
      url: 'https://api.example/issues?state=open&page=2',
    })
  })

  test.each([null, {}, { next: null }, { next: '' }, { next: 7 }, { next: ['?page=2'] }, { next: '/issues' }, 'text'])(
    'does not exist by the body %j',
    body => {
      expect(follow(bodyLink('next'), { body })).toBeUndefined()
    },
  )
})

describe('the next page by a cursor', () => {
  const page = cursor('cursor', 'paging.next')

  test('sends back the value of the body, escaped', () => {
    expect(urlAfter(page, { body: { paging: { next: 'a+b/c=' } } })).toBe(
      'https://api.example/issues?state=open&cursor=a%2Bb%2Fc%3D',
    )
  })

  test('may be a number', () => {
    expect(urlAfter(page, { body: { paging: { next: 0 } } })).toBe('https://api.example/issues?state=open&cursor=0')
  })

  test.each([null, {}, { paging: null }, { paging: { next: null } }, { paging: { next: '' } }, [], 'text'])(
    'does not exist by the body %j',
    body => {
      expect(follow(page, { body })).toBeUndefined()
    },
  )

  test('does not exist where the body says that there is no more, whatever cursor it gives', () => {
    const more = cursor('cursor', 'next', { more: 'has_more' })
    expect(urlAfter(more, { body: { next: 'a', has_more: true } })).toContain('&cursor=a')
    expect(urlAfter(more, { body: { next: 'a', has_more: false } })).toBeUndefined()
    expect(urlAfter(more, { body: { next: 'a' } })).toContain('&cursor=a')
  })

  test.each([
    ['start_cursor', 'abc', { query: 'a', page: { limit: 2 }, start_cursor: 'abc' }],
    ['page.cursor', 'abc', { query: 'a', page: { limit: 2, cursor: 'abc' } }],
    ['deep.er.cursor', 7, { query: 'a', page: { limit: 2 }, deep: { er: { cursor: 7 } } }],
  ])('goes into the JSON body at %s, and leaves the rest of it', (param, value, body) => {
    const found = follow(bodyCursor(param, 'next'), { body: { next: value } }, { from: posted })
    expect(found).toMatchObject({ method: 'POST', url: posted.url, headers: posted.headers })
    expect(JSON.parse(found?.body ?? '')).toEqual(body)
  })
})

describe('the next page of a GraphQL connection', () => {
  const page = graphqlPages('data.issues')
  const from = { ...request, method: 'POST', body: '{"query":"query { a }","variables":{"first":2}}' }
  const body = (hasNextPage: boolean, endCursor: string | null) => ({
    data: { issues: { nodes: [], pageInfo: { hasNextPage, endCursor } } },
  })

  test('is asked for with the end of this one as a variable', () => {
    const found = follow(page, { body: body(true, 'WyJ4Il0=') }, { from })
    expect(JSON.parse(found?.body ?? '')).toEqual({
      query: 'query { a }',
      variables: { first: 2, after: 'WyJ4Il0=' },
    })
  })

  test('does not exist when it says so, though it has an end', () => {
    expect(follow(page, { body: body(false, 'WyJ4Il0=') }, { from })).toBeUndefined()
    expect(follow(page, { body: body(true, null) }, { from })).toBeUndefined()
  })
})

describe('the next page by its number', () => {
  const at = (query: string) => ({ url: `https://api.example/issues${query}`, body: {} })

  test('is one more than the one asked for, or than the first', () => {
    expect(urlAfter(pageNumber('page'), { ...at('?page=7'), count: 1 })).toContain('page=8')
    expect(urlAfter(pageNumber('page'), { ...at(''), count: 1 })).toContain('page=2')
    expect(urlAfter(pageNumber('page', { first: 0 }), { ...at(''), count: 1 })).toContain('page=1')
  })

  test('exists until the number of pages that the body tells', () => {
    const page = pageNumber('page', { pages: 'total' })
    const exists = (query: string, total: unknown, count = 1) =>
      urlAfter(page, { ...at(query), body: { total }, count }) !== undefined
    expect([exists('?page=2', 3), exists('?page=3', 3), exists('?page=4', 3), exists('', 1), exists('', 0)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
    const zero = pageNumber('page', { first: 0, pages: 'total' })
    expect(urlAfter(zero, { ...at('?page=1'), body: { total: 2 }, count: 1 })).toBeUndefined()
    expect(exists('?page=2', undefined)).toBe(true)
    expect(exists('?page=2', undefined, 0)).toBe(false)
  })

  test('exists until a page is empty, or shorter than what was asked for', () => {
    const page = pageNumber('page', { size: { param: 'per_page', default: 20 } })
    const exists = (query: string, count: number | undefined) => urlAfter(page, { ...at(query), count }) !== undefined
    expect([exists('', 20), exists('', 19), exists('?per_page=5', 5), exists('?per_page=5', 4)]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect([exists('', 0), exists('', undefined)]).toEqual([false, false])
    expect(urlAfter(pageNumber('page'), { ...at(''), count: 0 })).toBeUndefined()
  })
})

describe('the next page by an offset', () => {
  const at = (query: string) => ({ url: `https://api.example/issues${query}`, body: {} })
  const page = offset('offset', { total: 'total', size: { param: 'count', default: 10 } })

  test('begins after the records that came', () => {
    expect(urlAfter(page, { ...at('?offset=20'), count: 10 })).toContain('offset=30')
    expect(urlAfter(page, { ...at(''), count: 10 })).toContain('offset=10')
  })

  test.each([
    ['?offset=20', 10, 31, true],
    ['?offset=20', 10, 30, false],
    ['?offset=20', 3, 31, true],
    ['?offset=20', 0, 31, false],
    ['', 10, undefined, true],
    ['', 9, undefined, false],
    ['?count=5', 5, undefined, true],
    ['?count=5', undefined, undefined, false],
  ])('of %j with %j records of %j: %s', (query, count, total, exists) => {
    expect(urlAfter(page, { ...at(query), body: { total }, count }) !== undefined).toBe(exists)
  })
})

test('a tool that is not paged has no next page', () => {
  const linkHeader = '<https://a.example/?page=2>; rel="next"'
  expect(nextPage(paged(undefined), { url: request.url, linkHeader, body: {} })).toBeUndefined()
  expect(requestPage(paged(undefined), request, made({ page: '2' }))).toBeUndefined()
})

describe('a next that we did not make', () => {
  const kinds: [string, Page][] = [
    ['link', link()],
    ['body link', bodyLink('next')],
    ['cursor', cursor('cursor', 'next')],
    ['cursor in the body', bodyCursor('page.cursor', 'next')],
    ['number', pageNumber('page')],
    ['offset', offset('offset')],
  ]
  const hostile = [
    '',
    'page=2',
    'not base64 !',
    ...[7, null, [], {}, { page: 2 }, ['a'], { page: { a: 1 } }, { page: [1] }, { page: null }].map(made),
  ]

  describe.each(kinds)('by %s', (_, page) => {
    test.each(hostile)('such as %j is refused', next => {
      expect(requestPage(paged(page), posted, next)).toBeUndefined()
    })

    test('changes nothing but where in the list it begins', () => {
      const forged = {
        url: 'https://evil.example',
        host: 'evil.example',
        '#': '/../x',
        '//evil.example/': '',
        ...JSON.parse('{"__proto__":"x"}'),
      }
      const found = requestPage(paged(page), posted, made(forged))
      const url = new URL(found?.url ?? posted.url)
      expect([url.origin, url.pathname, url.hash]).toEqual(['https://api.example', '/issues', ''])
      expect({ ...posted, ...found, url: '' }).toEqual({ ...posted, url: '' })
      expect(new URLSearchParams(url.search).get('state')).toBe('open')
    })

    test('says no argument in place of the caller', () => {
      for (const place of [{ state: 'closed' }, { query: 'b' }, { state: ['closed'] }]) {
        expect(requestPage(paged(page, 'state', 'query'), posted, made(place))).toBeUndefined()
      }
      const found = requestPage(paged(page, 'state'), posted, made({ page: '2', state: 'closed' }))
      expect(found?.url ?? 'state=open').toContain('state=open')
      expect(found?.url ?? '').not.toContain('closed')
    })
  })

  test.each([
    [cursor('cursor', 'next'), { cursor: 'a', state: 'closed' }],
    [cursor('cursor', 'next'), { cursor: ['a', 'b'] }],
    [cursor('cursor', 'next'), { cursor: '' }],
    [bodyCursor('page.cursor', 'next'), { 'page.cursor': 'a', query: 'b' }],
    [bodyCursor('page.cursor', 'next'), { 'page.cursor': ['a'] }],
    [bodyCursor('page.cursor', 'next'), { 'page.limit': 'a' }],
    [pageNumber('page'), { page: '1&state=closed' }],
    [pageNumber('page'), { page: '-1' }],
    [offset('offset'), { offset: '1e9' }],
  ] as const)('for %j is held to its one value: %j', (page, place) => {
    expect(requestPage(paged(page), posted, made(place))).toBeUndefined()
  })

  test('cannot break out of its place', () => {
    const found = requestPage(
      paged(cursor('cursor', 'next')),
      request,
      made({ cursor: 'a&state=closed#\r\nx: y\ud800' }),
    )
    expect(found?.url).toBe(`${request.url}&cursor=a%26state%3Dclosed%23%0D%0Ax%3A%20y%EF%BF%BD`)
    const quoted = requestPage(
      paged(bodyCursor('page.cursor', 'next')),
      posted,
      made({ 'page.cursor': '"},"query":"b' }),
    )
    expect(JSON.parse(quoted?.body ?? '')).toEqual({ query: 'a', page: { limit: 2, cursor: '"},"query":"b' } })
  })
})

describe('Link headers as servers write them', () => {
  test.each([
    ['<https://a.example/?p=2>; rel="next"', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>;rel=next', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>; REL="next"', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>; rel = "next"', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>; title="a, b; c"; rel="next"', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>; title="; rel=next"', undefined],
    ['<https://a.example/?p=2,3>; rel="next last"', 'https://a.example/?p=2,3'],
    ['<https://a.example/?p=1>; rel="prev", <https://a.example/?p=3>; rel="next"', 'https://a.example/?p=3'],
    ['<https://a.example/?p=1>; rel="nextish"', undefined],
    ['<https://a.example/?p=1>; anchor="next"', undefined],
    ['<https://a.example/?p=1>; rel', undefined],
  ])('%s', (header, target) => {
    expect(linkTarget(header, 'next')).toBe(target)
  })

  test.each(['<', '<a>;', ';a=b', '<a', '" ', ' ', ';', '; ', '= ', ';a= '])(
    'are read in linear time, even when they repeat %j without end',
    piece => {
      const header = piece.repeat(64_000 / piece.length)
      for (const text of [header, `<a>;${header}`]) {
        const started = performance.now()
        expect(linkTarget(text, 'next')).toBeUndefined()
        expect(performance.now() - started).toBeLessThan(500)
      }
    },
  )
})
