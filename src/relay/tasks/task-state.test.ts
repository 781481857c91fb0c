import { describe, expect, test } from 'vitest'
import type { RelayTaskState } from '../../db/relay-schema.ts'
import { afterStep, isOpen, stepsFrom, taskStates, taskSteps } from './task-state.ts'

describe('the states of a task', () => {
  test('a task goes from submitted over accepted, in progress and questions to its end', () => {
    const path = [
      ['accept', 'accepted'],
      ['progress', 'in_progress'],
      ['ask', 'input_required'],
      ['answer', 'in_progress'],
      ['complete', 'completed'],
    ] as const
    let state: RelayTaskState = 'submitted'
    for (const [step, expected] of path) {
      const after = afterStep(state, step, [step === 'answer' ? 'sender' : 'assignee'])
      expect(after).toEqual({ state: expected })
      state = expected
    }
  })

  test('nothing leads out of a state in which it has ended', () => {
    for (const state of taskStates.filter(each => !isOpen(each)))
      for (const step of taskSteps) expect(typeof afterStep(state, step, ['assignee', 'sender'])).toBe('string')
  })

  test('a step that was taken before is repeated and changes nothing', () => {
    expect(afterStep('completed', 'complete', ['assignee'])).toBe('repeated')
    expect(afterStep('accepted', 'accept', ['assignee'])).toBe('repeated')
    expect(afterStep('canceled', 'cancel', ['sender'])).toBe('repeated')
  })

  test('the sender cannot complete, the assignee cannot cancel, and others can do nothing', () => {
    expect(afterStep('accepted', 'complete', ['sender'])).toBe('not_yours')
    expect(afterStep('accepted', 'cancel', ['assignee'])).toBe('not_yours')
    for (const step of taskSteps) expect(afterStep('submitted', step, [])).toBe('not_yours')
  })

  test('a step at the wrong time is refused', () => {
    expect(afterStep('submitted', 'answer', ['sender'])).toBe('not_now')
    expect(afterStep('in_progress', 'reject', ['assignee'])).toBe('not_now')
    expect(stepsFrom('input_required', ['sender'])).toEqual(['answer', 'cancel'])
  })
})
