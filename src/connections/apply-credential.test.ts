import { describe, expect, test } from 'vitest'
import { apiKey } from '../catalog/define.ts'
import { Secret } from '../core/secret.ts'
import { credentialHeaders, maskedHeaders, unfitForHeader } from './apply-credential.ts'

describe('the header of a credential', () => {
  const auth = apiKey({ label: 'key', header: 'x-key', format: 'Token {secret};v=1' })

  test('holds the secret where the connector says', () => {
    expect(credentialHeaders(apiKey({ label: 'key' }), new Secret('abc'))).toEqual({ authorization: 'Bearer abc' })
    expect(credentialHeaders(auth, new Secret('abc'))).toEqual({ 'x-key': 'Token abc;v=1' })
  })

  test.each(['$&', '$1', "$'", '$$', '{secret}'])('holds a secret with %s as it is', secret => {
    expect(credentialHeaders(auth, new Secret(secret))).toEqual({ 'x-key': `Token ${secret};v=1` })
  })

  test('is shown without it', () => {
    expect(maskedHeaders(auth)).toEqual({ 'x-key': 'Token •••;v=1' })
  })
})

describe('a secret', () => {
  test.each(['a', 'sk-ant-api03_x/y+z==', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'])(
    'such as %j fits into a header',
    secret => {
      expect(unfitForHeader(secret)).toBeUndefined()
    },
  )

  test.each(['', 'a b', ' a', 'a\t', 'a\r\nx: 1', 'a\n', 'a\r', 'a\u0000', 'a\u007f', 'é', '\u00a0', '💩', '\u2028'])(
    'such as %j does not, and is not repeated',
    secret => {
      const problem = unfitForHeader(secret)
      expect(problem).toMatch(/^(is empty|holds a .*)$/)
      if (secret.length > 2) expect(problem).not.toContain(secret)
    },
  )
})
