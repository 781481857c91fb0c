import { describe, expect, test } from 'vitest'
import { onlineMs } from '../agents/online.ts'
import { lookAtTask, nextAssignee } from './look-at-task.ts'

const task = {
  state: 'submitted' as const,
  capability: 'code',
  to_agent: 'agt_a',
  lease_until: 60_000,
  deadline_at: 3_600_000,
}

describe('a task by capability', () => {
  test('goes to the next when it was not accepted in time, and not before', () => {
    expect(lookAtTask(task, { nowMs: 59_999, seenAt: 0 })).toEqual({ untilMs: 60_000 })
    expect(lookAtTask(task, { nowMs: 60_000, seenAt: 60_000 })).toBe('next')
  })

  test('stays with whoever accepted it while there are signs of life, and goes to the next when they end', () => {
    const accepted = { ...task, state: 'in_progress' as const, lease_until: 0 }
    expect(lookAtTask(accepted, { nowMs: 1_000_000, seenAt: 1_000_000 - onlineMs })).not.toBe('next')
    expect(lookAtTask(accepted, { nowMs: 1_000_000, seenAt: 1_000_000 - 2 * onlineMs })).toBe('next')
  })

  test('expires at its deadline, whoever has it', () => {
    expect(lookAtTask(task, { nowMs: 3_600_000, seenAt: 3_600_000 })).toBe('expire')
    expect(lookAtTask({ ...task, capability: '' }, { nowMs: 3_600_000, seenAt: 0 })).toBe('expire')
  })

  test('given to an agent by name it goes to nobody else', () => {
    const named = { ...task, capability: '' }
    expect(lookAtTask(named, { nowMs: 3_000_000, seenAt: 0 })).toEqual({ untilMs: 3_600_000 })
  })

  test('that has ended is left alone', () => {
    expect(lookAtTask({ ...task, state: 'completed' }, { nowMs: 9_000_000, seenAt: 0 })).not.toBe('expire')
  })
})

describe('who gets a task', () => {
  const able = [
    { id: 'a', open: 2 },
    { id: 'b', open: 0 },
    { id: 'c', open: 0 },
  ]
  test('whoever has least to do', () => {
    expect(nextAssignee(able, { tried: [], not: [] }, 0)).toBe('b')
    expect(nextAssignee(able, { tried: [], not: [] }, 0.99)).toBe('c')
  })
  test('whoever has not had the chance, then everybody again', () => {
    expect(nextAssignee(able, { tried: ['b', 'c'], not: [] }, 0)).toBe('a')
    expect(nextAssignee(able, { tried: ['a', 'b', 'c'], not: [] }, 0)).toBe('b')
  })
  test('never whoever asks for it, and nobody when nobody can', () => {
    expect(nextAssignee([{ id: 'b', open: 0 }], { tried: [], not: ['b'] }, 0)).toBeUndefined()
    expect(nextAssignee([], { tried: [], not: [] }, 0)).toBeUndefined()
  })
})
