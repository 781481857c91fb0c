import { expect, test } from 'vitest'
import { noticeSummary, noticesOf, type ToolVersion } from './tool-notices.ts'

const now = Date.UTC(2026, 0, 15, 12)
const of = (tool: string, more: Partial<ToolVersion> = {}): ToolVersion => ({
  tool,
  deprecation: null,
  sunset: null,
  mismatches: 0,
  mismatch: null,
  ...more,
})

test('tools of which nothing was noticed are not spoken of', () => {
  expect([noticesOf([of('a')], now), noticeSummary([of('a')])]).toEqual([[], ''])
})

test('what was noticed is said in words, with days where the provider names them', () => {
  const versions = [
    of('a', { deprecation: 'true' }),
    of('b', { deprecation: '2026-01-01T12:00:00.000Z', sunset: '2026-03-01T12:00:00.000Z' }),
    of('c', { deprecation: '2026-02-01T12:00:00.000Z' }),
    of('d', { sunset: '2026-01-10T12:00:00.000Z', mismatches: 3, mismatch: 'items[0].id is missing' }),
    of('e', { mismatches: 1 }),
  ]
  expect(noticesOf(versions, now)).toEqual([
    { tool: 'a', words: ['Deprecated.'] },
    { tool: 'b', words: ['Deprecated since Jan 1, 2026.', 'Goes away on Mar 1, 2026.'] },
    { tool: 'c', words: ['Deprecated from Feb 1, 2026.'] },
    {
      tool: 'd',
      words: [
        'Went away on Jan 10, 2026.',
        'Answered 3 times in another shape than promised in the last day: items[0].id is missing.',
      ],
    },
    { tool: 'e', words: ['Answered once in another shape than promised in the last day.'] },
  ])
  expect(noticeSummary(versions)).toBe('4 tools are deprecated: a, b, and 2 more. 2 tools answer differently: d and e.')
  expect(noticeSummary([of('a', { deprecation: 'true' })])).toBe('1 tool is deprecated: a.')
})
