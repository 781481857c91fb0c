import { expect, test } from 'vitest'
import { eventText, receiverOf, saidIn, standingOf } from './task-words.ts'

const ann = { id: 'agt_a', name: 'ann' }
const bob = { id: 'agt_b', name: 'bob' }
const task = { from: ann, to: bob, capability: null }

test('a task says in a sentence how it stands, also where nobody has it', () => {
  expect(standingOf({ ...task, state: 'submitted' })).toBe('bob has not accepted it yet.')
  expect(standingOf({ ...task, state: 'input_required' })).toBe(
    'bob has asked something, and ann has not answered yet.',
  )
  expect(standingOf({ ...task, to: null, capability: 'review', state: 'submitted' })).toMatch(
    /^It waits until somebody/,
  )
  expect(standingOf({ ...task, to: null, capability: 'review', state: 'rejected' })).toBe('Nobody wanted to do it.')
})

test('who has it is named, else what it takes; who is gone goes by the id', () => {
  expect(receiverOf(task)).toBe('bob')
  expect(receiverOf({ to: null, capability: 'review' })).toBe('whoever can do review')
  expect(receiverOf({ to: { id: 'agt_x', name: '' }, capability: null })).toBe('agt_x')
})

test('a step says who took it, and what was said with it', () => {
  expect(eventText({ by: { ...bob, kind: 'agent' }, step: 'ask' })).toBe('bob asked something')
  expect(eventText({ by: { id: '', name: '', kind: 'system' }, step: 'reassign' })).toMatch(/^ClawLink passed it on/)
  expect(eventText({ by: { ...bob, kind: 'agent' }, step: 'new-step' })).toBe('bob new-step')
  expect(saidIn({ note: '', question: 'Which?', result: 0, reason: null })).toEqual([
    { term: 'Question', value: 'Which?' },
    { term: 'Result', value: 0 },
  ])
})
