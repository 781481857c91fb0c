import { describe, expect, test } from 'vitest'
import { onlineMs, statusOf } from './online.ts'

describe('whether an agent is online', () => {
  test('it is for 120 s after its last sign of life, and stale from then on', () => {
    expect(statusOf(1000, 1000)).toBe('online')
    expect(statusOf(1000, 1000 + onlineMs)).toBe('online')
    expect(statusOf(1000, 1001 + onlineMs)).toBe('stale')
  })

  test('a sign of life from a clock that runs ahead counts as one of now', () => {
    expect(statusOf(10_000, 1000)).toBe('online')
  })
})
