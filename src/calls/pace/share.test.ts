import { expect, test } from 'vitest'
import { type Asking, fairParts, nextShare, outMs, type Share } from './share.ts'

const now = 1_000_000_000
const limits = { requests: 100, windowMs: 60_000 }
const slice = (agoMs: number, count: number) => ({
  sliceMs: 500,
  slices: [[Math.floor((now - agoMs) / 500), count] as [number, number]],
})
const other = (facts: Partial<Share>): Share => ({
  owner: 'b',
  share: 0,
  used: slice(0, 0),
  agents: 0,
  leaseUntil: now + 5_000,
  ...facts,
})
const asking = (facts: Partial<Asking> = {}): Asking => ({ owner: 'a', used: 0, wants: 100, agents: 1, ...facts })

test('a process alone gets what it asks for, up to the limit', () => {
  expect(nextShare(limits, [], asking({ wants: 20 }), now)).toMatchObject({ share: 20, mayUse: 20, free: 80 })
  expect(nextShare(limits, [], asking({ wants: 500 }), now)).toMatchObject({ share: 100, mayUse: 100, free: 0 })
})

test('what others hold stays theirs until they give it back', () => {
  expect(nextShare(limits, [other({ share: 70 })], asking(), now)).toMatchObject({ mayUse: 30 })
  expect(nextShare(limits, [other({ share: 100 })], asking(), now)).toMatchObject({ mayUse: 0, share: 0 })
})

test('while others wait a process keeps its fair part, and beyond that what it used until it is free', () => {
  const waits = [other({ share: 0, agents: 3 })]
  expect(nextShare(limits, waits, asking({ used: 90, agents: 1 }), now)).toMatchObject({ mayUse: 25, share: 90 })
  expect(nextShare(limits, waits, asking({ used: 10, agents: 1 }), now)).toMatchObject({ mayUse: 25, share: 25 })
})

test('of a crashed process what it may have used counts until that is out of the window, and no more than that', () => {
  // It held 30, had used 20 of them long before its lease ended, and may have used the other 10 up to its end.
  const gone = other({ share: 30, used: slice(10_000, 20), leaseUntil: now - 1_000 })
  const at = (ms: number) => nextShare(limits, [gone], asking(), now + ms)
  expect(at(0).mayUse).toBe(70)
  expect(at(55_000).mayUse).toBe(90)
  expect(at(outMs(limits.windowMs))).toMatchObject({ mayUse: 100, gone: ['b'] })
  // One that gave back what it did not use blocks nothing else.
  expect(nextShare(limits, [{ ...gone, share: 20 }], asking(), now + 55_000).mayUse).toBe(100)
})

test.each([
  ['as much as is needed', 100, [10, 20], [1, 1], [10, 20]],
  ['the rest to who needs more', 100, [10, 500], [1, 1], [10, 90]],
  ['by weight', 100, [500, 500], [1, 3], [25, 75]],
  ['whole numbers', 50, [500, 500, 500, 500], [1, 1, 1, 1], [13, 13, 12, 12]],
  ['nothing of nothing', 0, [5, 5], [1, 1], [0, 0]],
])('shares out %s', (_, total, needs, weights, parts) => {
  expect(
    fairParts(
      total,
      needs.map((need, at) => ({ need, weight: weights[at] ?? 1 })),
      0,
    ),
  ).toEqual(parts)
})

test('what does not divide goes to one after the other', () => {
  const needs = [1, 2, 3].map(() => ({ need: 9, weight: 1 }))
  expect([0, 1, 2, 3].map(turn => fairParts(1, needs, turn))).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
  ])
})
