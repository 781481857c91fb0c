import { expect, test } from 'vitest'
import type { LimitHeaders } from '../../catalog/define.ts'
import { hearAnswer } from './hear.ts'

const now = Date.UTC(2026, 0, 15, 12)
const dayMs = 24 * 60 * 60 * 1000
const epochS = now / 1000

/** What is said without which fact understood it. */
const heard = (facts: LimitHeaders[], headers: Record<string, string>, body: unknown = undefined) =>
  hearAnswer(facts, { headers, body }, now).map(({ fact: _, ...said }) => said)

const github: LimitHeaders = {
  kind: 'plain',
  left: 'x-left',
  reset: 'x-reset',
  unit: 'epoch_s',
  max: 'x-max',
  named: 'x-resource',
}
const cost: LimitHeaders = {
  kind: 'cost',
  throttle: 'extensions.cost.throttleStatus',
  cost: 'extensions.cost.actualQueryCost',
}
const throttle = (currentlyAvailable: unknown) => ({
  extensions: {
    cost: { actualQueryCost: 30, throttleStatus: { currentlyAvailable, maximumAvailable: 1000, restoreRate: 50 } },
  },
})

test.each<[string, LimitHeaders[], Record<string, string>, unknown, object[]]>([
  [
    'plain headers that name the limit',
    [github],
    { 'x-left': '7', 'x-reset': String(epochS + 60), 'x-max': '30', 'x-resource': 'search' },
    undefined,
    [{ left: 7, until: now + 60_000, max: 30, named: 'search' }],
  ],
  [
    'the window of a limit',
    [{ kind: 'plain', left: 'a', max: 'b', interval: 'c' }],
    { a: '9', b: '190', c: '10000' },
    undefined,
    [{ left: 9, max: 190, windowMs: 10_000 }],
  ],
  [
    'milliseconds',
    [{ kind: 'plain', left: 'a', reset: 'b', unit: 'epoch_ms' }],
    { a: '1', b: String(now + 5) },
    undefined,
    [{ left: 1, until: now + 5 }],
  ],
  [
    'a date',
    [{ kind: 'plain', left: 'a', reset: 'b', unit: 'date' }],
    { a: '1', b: '2026-01-15T12:00:09Z' },
    undefined,
    [{ left: 1, until: now + 9_000 }],
  ],
  [
    'a duration',
    [{ kind: 'plain', left: 'a', reset: 'b', unit: 'duration' }],
    { a: '1', b: '6m0.5s' },
    undefined,
    [{ left: 1, until: now + 360_500 }],
  ],
  [
    'few milliseconds',
    [{ kind: 'plain', left: 'a', reset: 'b', unit: 'duration' }],
    { a: '1', b: '20ms' },
    undefined,
    [{ left: 1, until: now + 20 }],
  ],
  [
    'a leaking bucket',
    [{ kind: 'ratio', header: 'a', perS: 2 }],
    { a: '32/40' },
    undefined,
    [{ left: 8, max: 40, perMs: 0.002, until: now + 16_000 }],
  ],
  [
    'the cost of a query',
    [cost],
    {},
    throttle(900),
    [{ left: 900, max: 1000, perMs: 0.05, until: now + 2_000, cost: 30 }],
  ],
  [
    'the fields of the IETF',
    [],
    { ratelimit: '"burst";r=5;t=3, "day";r=900;t=4000', 'ratelimit-policy': '"burst";q=10;w=60, "day";q=1000;w=86400' },
    undefined,
    [
      { left: 5, until: now + 3_000, max: 10, windowMs: 60_000, named: 'burst' },
      { left: 900, until: now + 4_000_000, max: 1000, windowMs: dayMs, named: 'day' },
    ],
  ],
  [
    'their older form',
    [],
    { ratelimit: 'limit=100, remaining=50, reset=30' },
    undefined,
    [{ left: 50, until: now + 30_000 }],
  ],
  [
    'their oldest form',
    [],
    { 'ratelimit-remaining': '0', 'ratelimit-reset': '7' },
    undefined,
    [{ left: 0, until: now + 7_000 }],
  ],
  [
    'a moment where it should be a time',
    [],
    { 'ratelimit-remaining': '0', 'ratelimit-reset': String(epochS + 7) },
    undefined,
    [{ left: 0, until: now + 7_000 }],
  ],
  [
    'a reset in a hundred years',
    [],
    { 'ratelimit-remaining': '0', 'ratelimit-reset': '999999999' },
    undefined,
    [{ left: 0, until: now + dayMs }],
  ],
  ['a reset that has passed', [github], { 'x-left': '0', 'x-reset': '1' }, undefined, [{ left: 0, until: now }]],
])('understands %s', (_, facts, headers, body, said) => {
  expect(heard(facts, headers, body)).toEqual(said)
})

test.each<[string, LimitHeaders[], Record<string, string>, unknown]>([
  ['nothing', [github, cost], {}, undefined],
  ['a word', [github], { 'x-left': 'some' }, undefined],
  ['a negative number', [github], { 'x-left': '-1' }, undefined],
  ['a number too long', [github], { 'x-left': '9'.repeat(400) }, undefined],
  ['a ratio of words', [{ kind: 'ratio', header: 'a', perS: 2 }], { a: 'x/40' }, undefined],
  ['a cost that is text', [cost], {}, throttle('<many>')],
  ['a cost that is no number', [cost], {}, throttle(Number.NaN)],
  ['a field that is not structured', [], { ratelimit: ';;;==' }, undefined],
  ['a field that is endless', [], { ratelimit: '"a";r=1,'.repeat(10_000) }, undefined],
])('takes %s for nothing said', (_, facts, headers, body) => {
  expect(heard(facts, headers, body)).toEqual([])
})
