import { describe, expect, test } from 'vitest'
import { disguises } from '../../../test/kit/disguises.ts'
import { checkCondition } from './check-condition.ts'
import type { Condition } from './rule.ts'

const holds = (condition: Condition, args: Record<string, unknown>, narrow: boolean) =>
  checkCondition(condition, args, narrow).holds

const ours: Condition = { path: 'to', is: 'domainIn', value: ['ours.example'] }
const evil: Condition = { path: 'to', is: 'domainIn', value: ['evil.example'] }
const plain = [
  'a@ours.example',
  'B <b@ours.example>',
  'c+d@ours.example',
  'a@ours.example',
  'd@ours.example, e@ours.example',
]

/** Where one value can hide among others, as a provider's API may take them. */
const hidings: Record<string, (value: string) => unknown> = {
  alone: value => value,
  'in a list': value => [value],
  'first of many': value => [value, ...plain],
  'last of many': value => [...plain, value],
  'among duplicates': value => [...plain, ...plain, value, ...plain],
  'in a list of lists': value => [plain, [[value]], plain],
  'in an object': value => ({ email: 'a@ours.example', address: value }),
  'in an object of a list': value => [...plain.map(email => ({ email })), { email: value }],
  'deep down': value => [{ group: { members: [{ address: { email: value } }] } }],
  'after an empty value': value => ['', value],
  'after null': value => [null, value],
}

describe.each(Object.entries(hidings))('a recipient %s', (_, hide) => {
  test.each(disguises)('who is elsewhere is never taken for one of ours: %j', value => {
    expect(holds(ours, { to: hide(value) }, true)).toBe(false)
  })

  test.each(disguises)('who is to be kept out is found: %j', value => {
    expect(holds(evil, { to: hide(value) }, false)).toBe(true)
  })
})

test('a condition on recipients who are all ours holds narrowly', () => {
  expect(holds(ours, { to: plain }, true)).toBe(true)
  for (const one of plain) expect(holds(ours, { to: one }, true)).toBe(true)
})

test('where there is no value, no condition holds', () => {
  for (const narrow of [true, false]) {
    for (const args of [{}, { to: [] }, { to: {} }, { cc: 'a@ours.example' }])
      expect(holds(ours, args, narrow)).toBe(false)
  }
})

test('a value that is not a text at all is nobody of ours', () => {
  for (const to of [null, 5, true, ['a@ours.example', null], ['a@ours.example', 5]]) {
    expect(holds(ours, { to }, true)).toBe(false)
  }
})

test('a list of addresses that is too long to be searched counts as having what is looked for', () => {
  expect(holds(evil, { to: `${'a@ours.example, '.repeat(10_000)}b@ours.example` }, false)).toBe(true)
})

describe('equals, oneOf and matches', () => {
  const conditions: Condition[] = [
    { path: 'x', is: 'equals', value: 'Production' },
    { path: 'x', is: 'oneOf', value: ['other', 'Production'] },
    { path: 'x', is: 'matches', value: 'Prod*' },
  ]
  test.each(conditions)('$is: exactly as written when narrow, in any spelling when wide', condition => {
    expect(holds(condition, { x: 'Production' }, true)).toBe(true)
    for (const x of ['production', ' Production ', 'PRODUCTION', 'Ｐroduction', 'Pro\u200bduction']) {
      expect(holds(condition, { x }, true)).toBe(false)
      expect(holds(condition, { x }, false)).toBe(true)
      expect(holds(condition, { x: ['fine', [x]] }, false)).toBe(true)
    }
    for (const narrow of [true, false]) expect(holds(condition, { x: 'staging' }, narrow)).toBe(false)
  })

  test('a number and its text are the same when wide and differ when narrow', () => {
    const five: Condition = { path: 'x', is: 'equals', value: 5 }
    expect(holds(five, { x: 5 }, true)).toBe(true)
    expect(holds(five, { x: '5' }, true)).toBe(false)
    expect(holds(five, { x: '5' }, false)).toBe(true)
  })
})

describe('above and below', () => {
  const above: Condition = { path: 'amount', is: 'above', value: 1000 }
  const below: Condition = { path: 'amount', is: 'below', value: 1000 }

  test.each([
    1001,
    '1001',
    ' 1001 ',
    '1e6',
    '0x1000',
    '1,001',
    '1.001,00',
    '１００１',
    '€ 5',
    'lots',
    'Infinity',
    [5, 1001],
    { cents: 1001 },
  ])('no spelling of more slips past a rule that asks above 1000: %j', amount => {
    expect(holds(above, { amount }, false)).toBe(true)
  })
  test.each([1000, 5, '999', '-2000', '1e2', null, true, '', []])('%j is not above 1000', amount => {
    expect(holds(above, { amount }, false)).toBe(false)
  })
  test.each([999, '999', '0.5', -1, [1, 2]])('%j is allowed below 1000', amount => {
    expect(holds(below, { amount }, true)).toBe(true)
  })
  test.each([1000, '1000', '9,99', '1e2', ' 5', '0x1', '-', '', null, true, [5, 1000], 'few'])(
    '%j is not allowed below 1000',
    amount => {
      expect(holds(below, { amount }, true)).toBe(false)
    },
  )
  test.each([
    [1001, true],
    ['1001', true],
    [1000, false],
    ['1,001', false],
    [[1001, 5], false],
  ])('whether %j is allowed above 1000: %s', (amount, allowed) => {
    expect(holds(above, { amount }, true)).toBe(allowed)
  })
})
