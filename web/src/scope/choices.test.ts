import { describe, expect, test } from 'vitest'
import { type Choices, changed, connectionsFor, fitWish } from './choices.ts'
import { draftOf } from './draft.ts'

const connection = (id: string, provider: string, environment: 'live' | 'test' = 'live') => ({
  id,
  provider,
  environment,
  label: id,
  account: { id, label: id },
  isDefault: true,
  createdAt: '2026-01-01T00:00:00.000Z',
})
const choices: Choices = {
  providers: ['git', 'mail'].map(slug => ({ slug, name: slug, about: '', tools: 1 })),
  connections: [connection('g', 'git'), connection('m', 'mail'), connection('t', 'git', 'test')],
}
const ids = (draft: Parameters<typeof connectionsFor>[1]) => connectionsFor(choices, draft).map(({ id }) => id)

describe('connections to choose from', () => {
  test('are those of the environment', () => {
    expect(ids({ environment: 'live', providers: 'all' })).toEqual(['g', 'm'])
    expect(ids({ environment: 'test', providers: 'all' })).toEqual(['t'])
  })
  test('are those of the chosen apps', () => {
    expect(ids({ environment: 'live', providers: ['mail'] })).toEqual(['m'])
  })
})

describe('changing a draft', () => {
  const draft = { ...draftOf(), connections: ['g', 'm'] }
  test('drops chosen connections that no longer fit, and says nothing of the others', () => {
    expect(changed(draft, { providers: ['mail'] }, choices).connections).toEqual(['m'])
    expect(changed(draft, { environment: 'test' }, choices).connections).toEqual([])
    expect(changed(draft, { effects: ['read'] }, choices).connections).toEqual(['g', 'm'])
  })
  test('leaves every connection every connection', () => {
    expect(changed(draftOf(), { environment: 'test' }, choices).connections).toBe('all')
  })
})

describe('what a stranger asks for', () => {
  test('is kept as far as it is there, and the rest is named', () => {
    const asked = { effects: ['read' as const], providers: ['git', 'nowhere'], connections: ['m', 't', 'gone'] }
    expect(fitWish(asked, 'live', choices)).toEqual({
      scope: { effects: ['read'], providers: ['git'], connections: ['m'] },
      missing: ['nowhere', 't', 'gone'],
    })
  })
  test('does not become everything when nothing of it is there', () => {
    expect(fitWish({ providers: ['nowhere'] }, 'live', choices).scope).toEqual({ providers: [] })
  })
})
