import { expect, test } from 'vitest'
import { countFilters, filterOf, usageSearch } from './search.ts'

const now = Date.UTC(2026, 0, 15, 12)

test('an address gives back what it was made of, and leaves out what makes no sense', () => {
  const search = {
    agent: 'agt_1',
    tool: 'a_tool',
    outcome: 'failed',
    environment: 'test',
    last: 'day',
    before: 'call_1',
  }
  expect(usageSearch(search)).toEqual(search)
  expect(
    usageSearch({ tool: 123, outcome: 'great', last: 'toString', environment: 7, agent: '', provider: {}, step: 1 }),
  ).toEqual({ tool: '123' })
})

test('a range that ends now becomes a time; where the page starts is no filter', () => {
  expect(filterOf({ last: 'hour', before: 'call_1', tool: 'a_tool' }, now)).toEqual({
    tool: 'a_tool',
    since: '2026-01-15T11:00:00.000Z',
  })
  expect(filterOf({ since: '2026-01-01T00:00:00.000Z' }, now)).toEqual({ since: '2026-01-01T00:00:00.000Z' })
})

test.each([
  [{}, 0],
  [{ before: 'call_1' }, 0],
  [{ agent: 'agt_1', last: 'day' }, 2],
  [{ since: '2026-01-01T00:00:00.000Z', until: '2026-01-02T00:00:00.000Z' }, 1],
] as const)('%j are %i filters', (search, count) => {
  expect(countFilters(search)).toBe(count)
})
