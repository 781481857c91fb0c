import { expect, test } from 'vitest'
import { nextTry } from './paused.ts'

const now = Date.UTC(2026, 0, 15, 12)
const at = (ms: number) => new Date(now + ms).toISOString()

test('it says when a call tries the provider again', () => {
  expect(nextTry({ state: 'open', until: at(19_001) }, now)).toBe('Next try in 20 s.')
  expect(nextTry({ state: 'open', until: at(10 * 60_000) }, now)).toBe('Next try in 10 minutes.')
  expect(nextTry({ state: 'half-open', until: at(5000) }, now)).toBe('A call is trying it again.')
  expect(nextTry({ state: 'half-open', until: null }, now)).toBe('The next call tries it again.')
  expect(nextTry({ state: 'open', until: at(-1) }, now)).toBe('The next call tries it again.')
})
