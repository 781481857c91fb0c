import { describe, expect, test } from 'vitest'
import { callbackFault, readCallback } from './read-callback.ts'

const state = 'a'.repeat(43)

describe('a redirect back', () => {
  test('is read with its state and every parameter', () => {
    const callback = readCallback(`code=c%2F1&state=${state}&iss=https%3A%2F%2Fa.example`)
    expect(callback).toMatchObject({ state, repeated: false })
    expect([...callback.params]).toEqual([
      ['code', 'c/1'],
      ['state', state],
      ['iss', 'https://a.example'],
    ])
  })

  test.each(['', 'state=', `state=${state}b`, `state=${state}&state=${state}`, `state=${'='.repeat(43)}`])(
    'has no state of ours in %j',
    search => {
      expect(readCallback(search).state).toBeUndefined()
    },
  )

  test.each([`code=a&code=b&state=${state}`, `code=a&state=${state}&x&x`])('repeats a parameter in %j', search => {
    expect(readCallback(search)).toMatchObject({ state, repeated: true })
  })
})

describe('an answer without a code', () => {
  test.each([
    ['error=access_denied', 'permission_denied', 'The access was not allowed at Acme. Nothing was connected.'],
    ['denied=token', 'permission_denied', 'The access was not allowed at Acme. Nothing was connected.'],
    ['oauth_problem=user_refused', 'permission_denied', 'The access was not allowed at Acme. Nothing was connected.'],
    [
      'error=invalid_scope',
      'validation_error',
      'Acme does not give one of the scopes that were asked for (invalid_scope). Nothing was connected.',
    ],
    ['error=server_error', 'provider_unavailable', 'Acme could not go on (server_error). Nothing was connected.'],
    ['error=constructor', 'provider_unavailable', 'Acme could not go on (constructor). Nothing was connected.'],
    ['error=', 'provider_unavailable', 'Acme could not go on. Nothing was connected.'],
    ['error=%3Cb%3E&error_description=x', 'provider_unavailable', 'Acme could not go on. Nothing was connected.'],
  ])('%s is %s', (search, code, message) => {
    expect(callbackFault('Acme', readCallback(search))).toMatchObject({ code, message })
  })

  test('that names no error is none', () => {
    expect(callbackFault('Acme', readCallback('code=c'))).toBeUndefined()
  })
})
