import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { describe, expect, test } from 'vitest'
import { blankSecrets, Secret } from './secret.ts'

const text = 'sbx_PlantedSecret4711'

describe('a secret', () => {
  const secret = new Secret(text)
  const holder = { secret, list: [secret], map: new Map([['a', secret]]), set: new Set([secret]) }

  /** Every way to turn a value into text that a programmer may reach for. */
  const ways: Record<string, (secret: Secret) => string> = {
    template: secret => `${secret}`,
    concatenation: secret => ['a', secret].reduce<string>((sum, part) => sum + part, ''),
    'String()': secret => String(secret),
    'its toString': secret => secret.toString(),
    'its toLocaleString': secret => secret.toLocaleString(),
    join: secret => [secret, secret].join(),
    'JSON.stringify': secret => JSON.stringify({ secret }),
    'JSON.stringify of it alone': secret => String(JSON.stringify(secret)),
    inspect: secret => inspect(secret),
    'inspect with everything': secret => inspect(secret, { showHidden: true, depth: null, getters: true }),
    'inspect without its own way': secret => inspect(secret, { customInspect: false, showHidden: true }),
    'format %s': secret => format('%s', secret),
    'format %o': secret => format('%o', secret),
    'format %O': secret => format('%O', secret),
    'format %j': secret => format('%j', secret),
    'an error message': secret => new Error(`failed with ${secret}`).stack ?? '',
    'an error cause': secret => inspect(new Error('failed', { cause: secret })),
    'its keys': secret => JSON.stringify([Object.keys(secret), Reflect.ownKeys(secret), Object.entries(secret)]),
    'a copy of its fields': secret => inspect({ ...secret }),
    'Object.assign': secret => inspect(Object.assign({}, secret)),
    structuredClone: secret => inspect(structuredClone(secret)),
    'a v8 snapshot': secret => serialize({ ...secret }).toString('latin1'),
    URLSearchParams: secret => new URLSearchParams({ key: String(secret) }).toString(),
    'inside of other things': () => inspect(holder, { depth: null }) + JSON.stringify(holder),
  }

  test.each(Object.entries(ways))('is not shown by %s', (_, show) => {
    expect(show(secret)).not.toContain(text)
  })

  test('shows itself to the one who asks by name', () => {
    expect(secret.reveal()).toBe(text)
    expect(`${secret}`).toBe('•••')
  })
})

describe('the last net', () => {
  const key = `cllk_live_${'0123456789abcdef'.repeat(3)}`
  test.each([
    [`key ${key}.`, 'key cllk_live_•••.'],
    [`"${key.replace('live', 'test')}"`, '"cllk_test_•••"'],
    [`?key=${key}&a=b`, '?key=cllk_live_•••&a=b'],
    ['authorization: Bearer abcdefgh.ijk-l', 'authorization: Bearer •••'],
    ['BEARER   abcdefghijkl,', 'BEARER •••,'],
    ['bearer%20abcdefghijkl', 'bearer •••'],
    ['Basic dXNlcjpwYXNz==', 'Basic •••'],
    [`two: ${key} ${key}`, 'two: cllk_live_••• cllk_live_•••'],
    [
      `POST https://claw.example/hooks/calls/call_${'0'.repeat(32)}/${'a'.repeat(43)} 204`,
      `POST https://claw.example/hooks/calls/call_${'0'.repeat(32)}/••• 204`,
    ],
  ])('blanks the secret in %j', (from, to) => {
    expect(blankSecrets(from)).toBe(to)
  })

  test.each(['nothing to see', 'the bearer of news', 'basic math', 'cllk_ is a prefix', ''])(
    'leaves %j alone',
    plain => {
      expect(blankSecrets(plain)).toBe(plain)
    },
  )
})
