import { describe, expect, test } from 'vitest'
import { followRedirect } from './redirect.ts'
import type { WireRequest } from './wire.ts'

const request = (method: string, url = 'https://api.example/v1/a?b=c'): WireRequest => ({
  method,
  url,
  headers: { accept: 'application/json' },
  credential: { authorization: 'Bearer secret' },
  ...(method === 'POST' && { body: '{}' }),
})
const answer = (status: number, location?: string) => ({
  kind: 'answered' as const,
  status,
  headers: location === undefined ? {} : { location },
  body: Buffer.alloc(0),
})

const statuses = [301, 302, 303, 307, 308]
const refused = { kind: 'lost', reached: 'maybe_sent', reason: 'redirect' }

describe.each(statuses)('a %i', status => {
  test.each(['GET', 'HEAD'])('of a %s is followed within the origin, with everything', method => {
    const read = request(method)
    expect(followRedirect(read, answer(status, '/v2/a'))).toEqual({ ...read, url: 'https://api.example/v2/a' })
    expect(followRedirect(read, answer(status, 'd?e=f'))).toEqual({ ...read, url: 'https://api.example/v1/d?e=f' })
  })

  test.each([
    'https://other.example/a',
    'https://api.example:8443/a',
    'https://sub.api.example/a',
    'https://example/a',
    '//other.example/a',
    'https://api.example.evil.example/a',
    'https:\\\\other.example\\a',
    'https://api.example@other.example/a',
  ])('of a GET to another origin leaves the credential behind: %s', location => {
    const followed = followRedirect(request('GET'), answer(status, location))
    expect(followed).toEqual({ ...request('GET'), url: expect.any(String), credential: {} })
  })

  test('takes no user name, password or fragment along', () => {
    const followed = followRedirect(request('GET'), answer(status, 'https://user:pass@api.example/x#part'))
    expect(followed).toMatchObject({ url: 'https://api.example/x', credential: { authorization: 'Bearer secret' } })
  })

  test.each(['http://api.example/a', 'http://other.example/'])('never leads from a secure address to %s', location => {
    expect(followRedirect(request('GET'), answer(status, location))).toMatchObject(refused)
  })

  test('may lead from an insecure address to a secure one, without the credential', () => {
    const followed = followRedirect(request('GET', 'http://api.example/a'), answer(status, 'https://api.example/a'))
    expect(followed).toEqual({ ...request('GET'), url: 'https://api.example/a', credential: {} })
  })

  test.each([
    'ftp://api.example/a',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'http://',
    'https://a b/',
  ])('to %s is refused', location => {
    expect(followRedirect(request('GET'), answer(status, location))).toMatchObject(refused)
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('of a %s never leads to another origin', method => {
    expect(followRedirect(request(method), answer(status, 'https://other.example/a'))).toMatchObject(refused)
  })

  test('without a location is no redirect', () => {
    expect(followRedirect(request('GET'), answer(status))).toBeUndefined()
  })
})

describe('a write within its origin', () => {
  test.each([307, 308])('follows a %i as it is, body and all: the server says that it did not act', status => {
    const write = request('POST')
    expect(followRedirect(write, answer(status, '/v2/a'))).toEqual({ ...write, url: 'https://api.example/v2/a' })
  })

  test.each([301, 302, 303])('does not follow a %i: it may have acted', status => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect(followRedirect(request(method), answer(status, '/v2/a'))).toMatchObject(refused)
  })
})

test.each([200, 201, 204, 300, 304, 305, 306, 400, 500])('a %i is no redirect, whatever its location says', status => {
  expect(followRedirect(request('GET'), answer(status, '/v2/a'))).toBeUndefined()
})
