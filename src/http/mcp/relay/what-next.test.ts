import { describe, expect, test } from 'vitest'
import { whatNext } from './what-next.ts'

const next = (kind: Parameters<typeof whatNext>[0]['kind'], body: object = {}, more: object = {}) =>
  whatNext({ kind, body, deliveries: 1, isOwn: false, ...more }, { offerS: 60 })

describe('a model is told with each message what to do next', () => {
  test('reply to a message, or acknowledge it', () => {
    expect(next('message')).toMatch(/clawlink_respond with this messageId.*ack of your next clawlink_check_inbox/)
  })

  test('accept a task and report its end, and in time where another could do it', () => {
    expect(next('task', { capability: null })).toMatch(
      /status accepted, or rejected.*completed.*failed.*input_required/,
    )
    expect(next('task', { capability: null })).not.toMatch(/\d s/)
    expect(next('task', { capability: 'css' })).toMatch(/within 60 s.*in_progress every 90 s/)
  })

  test.for<[object, RegExp]>([
    [{ state: 'input_required', step: 'ask' }, /status answered/],
    [{ state: 'in_progress', step: 'answer' }, /Go on with the task/],
    [{ state: 'canceled', step: 'cancel' }, /Stop working/],
    [{ state: 'completed', step: 'complete' }, /Use the result/],
    [{ state: 'failed', step: 'fail' }, /Nobody works on this task/],
    [{ state: 'in_progress', step: 'progress' }, /For you to know/],
  ])('by how a task goes: %j', ([body, expected]) => {
    expect(next('task_update', body)).toMatch(expected)
  })

  test('and that it has had it before', () => {
    expect(next('broadcast', {}, { deliveries: 3 })).toMatch(/^You were given this 3 times/)
  })

  test('and that it said it itself', () => {
    expect(next('broadcast', {}, { isOwn: true })).toMatch(/^You said this yourself/)
  })
})
