import { expect, test } from 'vitest'
import { byProvider, type Connection, defaultsOf, scopesOf } from './connection.ts'

const connection = (part: Partial<Connection>): Connection => ({
  id: 'conn_1',
  provider: 'mail',
  label: 'work',
  environment: 'live',
  account: { id: '1', label: 'ada' },
  isDefault: false,
  createdAt: '2026-01-01T00:00:00Z',
  auth: 'api_key',
  authLabel: 'API key',
  state: 'healthy',
  stateReason: '',
  stateAt: '2026-01-01T00:00:00Z',
  scopes: { asked: [], granted: null },
  metadata: {},
  secretRef: null,
  createdBy: null,
  expiresAt: null,
  reconnectLink: '',
  ...part,
})

test('connections are grouped by provider, by name; live before test, then by label', () => {
  const names: Record<string, string> = { b: 'Alpha', a: 'Beta' }
  const groups = byProvider(
    [
      connection({ id: '1', provider: 'a', label: 'z' }),
      connection({ id: '2', provider: 'b', environment: 'test', label: 'a' }),
      connection({ id: '3', provider: 'b', label: 'b' }),
      connection({ id: '4', provider: 'b', label: 'a' }),
    ],
    slug => names[slug] ?? slug,
  )
  expect(groups.map(({ name, connections }) => [name, connections.map(({ id }) => id)])).toEqual([
    ['Alpha', ['4', '3', '2']],
    ['Beta', ['1']],
  ])
})

test('a default is spoken of only where a call could take one of several', () => {
  expect(defaultsOf([connection({}), connection({ environment: 'test' })])).toEqual([])
  expect(defaultsOf([connection({}), connection({ label: 'home' })])).toEqual([
    'None is the default for live: a live call has to name one.',
  ])
  expect(defaultsOf([connection({}), connection({ label: 'home', isDefault: true })])).toEqual([
    'A live call that names no connection takes “home”.',
  ])
})

test('a scope is missing only when the provider said what it granted', () => {
  const asked = ['mail', 'files']
  expect(scopesOf(connection({ scopes: { asked, granted: null } }))).toEqual({ held: asked, missing: [] })
  expect(scopesOf(connection({ scopes: { asked, granted: ['mail', 'more'] } }))).toEqual({
    held: ['mail', 'more'],
    missing: ['files'],
  })
})
