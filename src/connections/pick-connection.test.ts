import { describe, expect, test } from 'vitest'
import { connectionRow } from '../../test/kit/connection-row.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow } from '../db/schema.ts'
import { pickConnection } from './pick-connection.ts'

const row = (id: string, more: Partial<ConnectionRow> = {}) =>
  connectionRow({ id, label: `label of ${id}`, account_label: `account of ${id}`, ...more })

function pick(rows: ConnectionRow[], requested?: string, environment: 'live' | 'test' = 'live'): string {
  const principal = { workspaceId: 'ws_1', agentId: 'agt_1', keyId: 'key_1', environment }
  const picked = pickConnection(rows, { provider: 'demo', requested, principal })
  return picked instanceof Fault ? picked.code : picked.id
}

const one = [row('a')]
const two = [row('a'), row('b')]
const withDefault = [row('a'), row('b', { is_default: 1 }), row('c')]
const mixed = [row('a'), row('t', { environment: 'test', is_default: 1 })]

describe('the account of a call', () => {
  test('is asked for among twenty at the most: an agent pays for all that it reads', () => {
    const many = Array.from({ length: 30 }, (_, at) => row(`c${at}`))
    const principal = { environment: 'live' as const }
    const fault = pickConnection(many, { provider: 'demo', requested: undefined, principal })
    if (!(fault instanceof Fault)) throw new Error('one was picked')
    expect(fault.message).toBe('There are 30 live connections to demo.')
    expect(fault.details.choices).toHaveLength(20)
  })

  test.each([
    ['the only one', one, undefined, 'a'],
    ['the default of several', withDefault, undefined, 'b'],
    ['the named one, by its id', withDefault, 'c', 'c'],
    ['the named one, by its label', withDefault, 'label of a', 'a'],
    ['none of several without a default', two, undefined, 'ambiguous_connection'],
    ['none of none', [], undefined, 'not_connected'],
    ['none when the named one is not there', one, 'b', 'connection_not_found'],
    ['none by the name of the account', one, 'account of a', 'connection_not_found'],
    ['none by an empty name', one, '', 'connection_not_found'],
    ['none by a part of a name', one, 'label', 'connection_not_found'],
    ['none by a name in other letter case', one, 'A', 'connection_not_found'],
  ])('is %s', (_, rows, requested, picked) => {
    expect(pick(rows, requested)).toBe(picked)
  })

  test.each([
    ['live', undefined, 'a'],
    ['live', 't', 'connection_not_found'],
    ['test', undefined, 't'],
    ['test', 'a', 'connection_not_found'],
  ] as const)('is of the environment of the key: %s %s', (environment, requested, picked) => {
    expect(pick(mixed, requested, environment)).toBe(picked)
  })

  test('is never chosen among those of the other environment', () => {
    expect(pick([row('t', { environment: 'test' })])).toBe('not_connected')
  })

  test('when it cannot be told is listed, with what tells one from the other', () => {
    const principal = { workspaceId: 'ws_1', agentId: 'agt_1', keyId: 'key_1', environment: 'live' } as const
    const fault = pickConnection([...two, row('t', { environment: 'test' })], {
      provider: 'demo',
      requested: undefined,
      principal,
    })
    expect(fault).toMatchObject({
      details: { choices: ['a (label of a, account of a)', 'b (label of b, account of b)'] },
    })
  })
})
