import { describe, expect, test } from 'vitest'
import type { Scope } from './draft.ts'
import { type Allowance, scopeSentence } from './scope-sentence.ts'

const names = {
  provider: (slug: string) => ({ git: 'Git Hosting', mail: 'Mail' })[slug] ?? slug,
  connection: (id: string) => ({ c1: 'Work', c2: 'Home' })[id] ?? id,
}
const say = (scope: Scope, more: Partial<Allowance> = {}) =>
  scopeSentence({ environment: 'live', scope, callsPerMinute: null, callsPerDay: null, ...more }, names)

describe('the sentence of a scope', () => {
  test.each([
    [{}, 'May read from, write to and destroy things in every app with every live connection.'],
    [{ effects: ['read'] }, 'May read from every app with every live connection.'],
    [{ effects: ['write', 'read'] }, 'May read from and write to every app with every live connection.'],
    [
      { effects: ['read'], providers: ['git', 'mail'] },
      'May read from Git Hosting and Mail with every live connection.',
    ],
    [{ effects: ['read'], providers: ['a', 'b', 'c', 'd'] }, 'May read from 4 apps with every live connection.'],
    [{ effects: ['read'], connections: ['c1'] }, 'May read from every app with the live connection “Work”.'],
    [
      { effects: ['read'], connections: ['c1', 'c2'] },
      'May read from every app with the live connections “Work” and “Home”.',
    ],
    [
      { effects: ['read'], connections: ['1', '2', '3', '4'] },
      'May read from every app with 4 chosen live connections.',
    ],
    [
      { effects: ['read'], tools: ['git_list'] },
      'May read from every app by git_list only with every live connection.',
    ],
    [
      { effects: ['read'], manageConnections: true },
      'May read from every app with every live connection and add and remove connections.',
    ],
  ] as [Scope, string][])('of %j', (scope, sentence) => {
    expect(say(scope)).toBe(sentence)
  })

  test.each([{ effects: [] }, { providers: [] }, { connections: [] }, { tools: [] }])(
    'does not promise anything where a list is empty: %j',
    scope => {
      expect(say(scope)).toBe('May do nothing.')
      expect(say({ ...scope, manageConnections: true })).toBe('May call nothing, only add and remove connections.')
    },
  )

  test('tells limits and the end', () => {
    const effects: Scope = { effects: ['read'] }
    expect(say(effects, { environment: 'test', endsAt: null })).toBe(
      'May read from every app with every test connection, until it is revoked.',
    )
    expect(say(effects, { callsPerMinute: 60, callsPerDay: 1000, endsAt: new Date(2027, 1, 19) })).toBe(
      'May read from every app with every live connection, at most 60 a minute and 1,000 a day, until 19 February 2027.',
    )
  })
})
