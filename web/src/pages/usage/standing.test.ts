import { expect, test } from 'vitest'
import { cancelWords, type Standing, standingText } from './standing.ts'

const now = new Date(2026, 0, 15, 14).getTime()
const turn = (position: number, afterMs: number): Standing => ({
  state: 'queued',
  queue: { position, expectedAt: new Date(now + afterMs).toISOString() },
})

test.each<[Standing, string]>([
  [{ state: 'parked' }, 'Waits for approval'],
  [turn(3, 120_000), 'Waits for its turn: 3rd, expected 14:02'],
  [turn(21, 60_000), 'Waits for its turn: 21st, expected 14:01'],
  [turn(12, 10 * 3_600_000), 'Waits for its turn: 12th, expected 00:00'],
  [turn(2, 20 * 3_600_000), 'Waits for its turn: 2nd, expected Jan 16, 2026, 10:00'],
  [turn(1, -5), 'Waits for its turn: 1st, any moment now'],
  [{ state: 'running' }, 'Is under way'],
  [{ state: 'running', progress: { percent: 40 } }, 'The provider works on it: 40\u00a0%'],
  [{ state: 'running', progress: { percent: 40, message: 'copying' } }, 'The provider works on it: 40\u00a0%, copying'],
])('%j is said as “%s”', (standing, text) => {
  expect(standingText(standing, now)).toBe(text)
})

test('only what was not sent is said to be canceled', () => {
  expect(cancelWords({ state: 'queued' }).action).toBe('Cancel the call')
  expect(cancelWords({ state: 'running' }).action).toBe('Stop following')
})
