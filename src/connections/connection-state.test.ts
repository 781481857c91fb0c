import { expect, test } from 'vitest'
import type { ConnectionRow } from '../db/schema.ts'
import { eventOfChange, restingState } from './connection-state.ts'

const now = Date.UTC(2026, 0, 15, 12)
const day = 24 * 60 * 60 * 1000
const scopes = { asked_scopes: '["read","write"]', granted_scopes: '["read","write","more"]' }
const lasting = { renewable: 0, expires_at: null }

test.each([
  ['healthy, when nothing ends and nothing lacks', scopes, lasting, 'healthy'],
  ['healthy, when the provider does not tell its scopes', { ...scopes, granted_scopes: '' }, lasting, 'healthy'],
  ['healthy, when its credential is kept outside', scopes, undefined, 'healthy'],
  ['healthy, when what ends can be renewed', scopes, { renewable: 1, expires_at: now }, 'healthy'],
  ['healthy, more than seven days before its end', scopes, { renewable: 0, expires_at: now + 7 * day + 1 }, 'healthy'],
  ['expiring, seven days before its end', scopes, { renewable: 0, expires_at: now + 7 * day }, 'expiring'],
  ['waiting for a person, at its end', scopes, { renewable: 0, expires_at: now }, 'needs_reauth'],
  ['lacking a scope that was asked for', { ...scopes, granted_scopes: '["read"]' }, lasting, 'missing_scope'],
] as const)('a connection is %s', (_, connection, credential, state) => {
  expect(restingState(connection, credential, now).state).toBe(state)
})

test('whatever is wrong with a connection is said in a sentence', () => {
  expect(restingState(scopes, { renewable: 0, expires_at: now + day }, now).reason).toContain('2026-01-16')
  expect(restingState({ ...scopes, granted_scopes: '[]' }, lasting, now).reason).toContain('read, write')
  expect(restingState(scopes, lasting, now).reason).toBe('')
})

test.each<[ConnectionRow['state'], ConnectionRow['state'], string | undefined]>([
  ['healthy', 'healthy', undefined],
  ['healthy', 'degraded', 'connection.degraded'],
  ['degraded', 'needs_reauth', 'connection.needs_reauth'],
  ['needs_reauth', 'degraded', 'connection.degraded'],
  ['degraded', 'healthy', 'connection.recovered'],
  ['needs_reauth', 'missing_scope', 'connection.recovered'],
  ['healthy', 'expiring', 'connection.expiring'],
  ['healthy', 'missing_scope', 'connection.missing_scope'],
  ['expiring', 'healthy', undefined],
])('from %s to %s is told as %s', (from, to, type) => {
  expect(eventOfChange(from, to)).toBe(type)
})
