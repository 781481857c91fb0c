import { describe, expect, test } from 'vitest'
import { type Draft, draftOf, problemsOf, termsOf } from './draft.ts'

const draft = (change: Partial<Draft> = {}): Draft => ({ ...draftOf(), ...change })

describe('a draft', () => {
  test('opens with everything allowed but changing connections, for 90 days', () => {
    expect(termsOf(draftOf())).toEqual({
      environment: 'live',
      scope: {},
      callsPerMinute: null,
      callsPerDay: null,
      expiresInDays: 90,
    })
  })

  test('opens as a wish says, and gives the same back', () => {
    const wish = {
      environment: 'test' as const,
      scope: {
        effects: ['read' as const],
        providers: ['a'],
        connections: ['c'],
        tools: ['t'],
        manageConnections: true,
      },
      callsPerMinute: 5,
      callsPerDay: 50,
    }
    expect(termsOf(draftOf(wish))).toEqual({ ...wish, expiresInDays: 90 })
  })

  test('reads names of tools however they are separated, each once', () => {
    expect(termsOf(draft({ tools: ' a_b,  c_d\n\na_b; e_f ' })).scope.tools).toEqual(['a_b', 'c_d', 'e_f'])
    expect(termsOf(draft({ tools: '  \n ' })).scope).not.toHaveProperty('tools')
  })

  test('reads limits as people write them', () => {
    expect(termsOf(draft({ callsPerMinute: '1,000', callsPerDay: ' 20 000 ' }))).toMatchObject({
      callsPerMinute: 1000,
      callsPerDay: 20_000,
    })
  })

  test('without an end is sent without one', () => {
    expect(termsOf(draft({ expiresInDays: null }))).not.toHaveProperty('expiresInDays')
  })

  test.each<[Partial<Draft>, string]>([
    [{ effects: [] }, 'effects'],
    [{ providers: [] }, 'providers'],
    [{ connections: [] }, 'connections'],
    [{ callsPerMinute: '0' }, 'callsPerMinute'],
    [{ callsPerMinute: 'many' }, 'callsPerMinute'],
    [{ callsPerDay: '-5' }, 'callsPerDay'],
    [{ callsPerDay: '1,5' }, 'callsPerDay'],
    [{ callsPerDay: '1.5' }, 'callsPerDay'],
    [{ callsPerDay: '1000000001' }, 'callsPerDay'],
  ])('cannot be sent with %j', (change, part) => {
    expect(Object.keys(problemsOf(draft(change)))).toEqual([part])
  })

  test('can be sent as it opens', () => {
    expect(problemsOf(draft())).toEqual({})
  })
})
