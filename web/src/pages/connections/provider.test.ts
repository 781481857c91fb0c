import { expect, test } from 'vitest'
import { findProviders, isTokenFirst, type Provider, startersOf } from './provider.ts'

const provider = (slug: string, part: Partial<Provider> = {}): Provider => ({
  slug,
  name: slug,
  about: '',
  category: '',
  ways: [{ id: 'api_key', kind: 'api_key', label: 'API key' }],
  connections: 0,
  tools: 1,
  ready: true,
  ...part,
})
const oauthOnly = { ways: [{ id: 'oauth2', kind: 'oauth2' as const, label: 'OAuth' }], ready: false }
const found = (providers: Provider[], sought: string, tokenOnly = false) =>
  findProviders(providers, { sought, tokenOnly }).map(({ slug }) => slug)

test('a provider is found by words of its name, category and description, in any order and case', () => {
  const all = [provider('hub', { about: 'Code and issues' }), provider('post', { category: 'mail' })]
  expect(found(all, '')).toEqual(['hub', 'post'])
  expect(found(all, 'ISSUES code')).toEqual(['hub'])
  expect(found(all, 'mail')).toEqual(['post'])
  expect(found(all, 'issues mail')).toEqual([])
})

test('the filter leaves those with a way that needs no OAuth app', () => {
  expect(found([provider('hub'), provider('post', oauthOnly)], '', true)).toEqual(['hub'])
  expect(isTokenFirst(provider('post', oauthOnly))).toBe(false)
})

test('a newcomer is started off with what can be connected at once', () => {
  const all = [provider('a', oauthOnly), provider('b', { tools: 3 }), provider('c', { tools: 9 }), provider('d')]
  expect(startersOf(all).map(({ slug }) => slug)).toEqual(['c', 'b'])
  const practice = provider('e', { category: 'practice' })
  expect(startersOf([...all, practice]).map(({ slug }) => slug)).toEqual(['e', 'c'])
})
