import { expect, test } from 'vitest'
import { providerWords } from './provider-words.ts'

test.each<[words: unknown, secrets: string[], shown: string | undefined]>([
  ['  Bad\r\n\ttoken\u2028here\u202e ', [], 'Bad token here'],
  [42, [], '42'],
  ['', [], undefined],
  ['\n', [], undefined],
  [undefined, [], undefined],
  [{ a: 1 }, [], undefined],
  ['no abc here', ['', 'abc'], 'no ••• here'],
  ['long-secret, long', ['long', 'long-secret'], '•••, •••'],
  ['a%2fb a%2Fb a/b', ['a/b'], '••• ••• •••'],
  ['q\\"q', ['q"q'], '•••'],
])('%j without %j is %j', (words, secrets, shown) => {
  expect(providerWords(words, secrets)).toBe(shown)
})

test('a secret at the place where long words are cut is not half shown', () => {
  for (let at = 180; at < 205; at++) {
    const shown = providerWords(`${'x'.repeat(at)}0123456789abcdef`, ['0123456789abcdef'])
    expect(shown).not.toMatch(/\d/)
    expect(shown?.length).toBeLessThanOrEqual(201)
  }
})
