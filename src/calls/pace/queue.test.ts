import { expect, test } from 'vitest'
import { createQueue } from './queue.ts'

type Waiter = { agentId: string; at: number }
const filled = (...agents: string[]) => {
  const queue = createQueue<Waiter>()
  const waiters = agents.map((agentId, at) => ({ agentId, at }))
  for (const waiter of waiters) queue.add(waiter)
  return { queue, waiters }
}
const name = (waiter: Waiter | undefined) => waiter && `${waiter.agentId}${waiter.at}`

test('agents take turns, and of one agent the first comes first', () => {
  const { queue } = filled('a', 'a', 'a', 'b', 'c', 'b')
  const order = Array.from({ length: 7 }, () => name(queue.takeFirst(() => true)))
  expect(order).toEqual(['a0', 'b3', 'c4', 'a1', 'b5', 'a2', undefined])
  expect(queue.size).toBe(0)
})

test('how many come before one is how many really do', () => {
  for (const who of [0, 1, 2, 3, 4, 5]) {
    const { queue, waiters } = filled('a', 'a', 'a', 'b', 'c', 'b')
    const waiter = waiters[who]
    if (!waiter) throw new Error('no waiter')
    const ahead = queue.ahead(waiter, () => true)
    let before = 0
    while (queue.takeFirst(() => true) !== waiter) before++
    expect(ahead).toBe(before)
  }
})

test('who may not go lets others pass, and one that left is not counted', () => {
  const { queue, waiters } = filled('a', 'b', 'a')
  const [first] = waiters
  expect(name(queue.takeFirst(({ agentId }) => agentId === 'b'))).toBe('b1')
  if (first) queue.remove(first)
  expect(queue.size).toBe(1)
  expect(name(queue.takeFirst(() => true))).toBe('a2')
})
