import { describe, expect, test } from 'vitest'
import { decidePolicy } from './decide-policy.ts'
import { type CallFacts, type Decision, matchSchema, type Rule, type RuleMatch } from './rule.ts'

const facts: CallFacts = {
  agentId: 'agt_1',
  provider: 'mail',
  tool: 'mail_send_message',
  effect: 'write',
  environment: 'live',
  connectionId: 'conn_1',
  args: { to: ['a@ours.example'] },
}
let made = 0
const rule = (decision: Decision, match: RuleMatch | null = {}, expiresAt: number | null = null): Rule => {
  const id = `rule_${++made}`
  return { id, name: `Rule ${id}`, decision, match, expiresAt }
}
const decide = (rules: Rule[], more: Partial<CallFacts> = {}, now = 0) =>
  decidePolicy(rules, { ...facts, ...more }, now)

describe('where no rule matches', () => {
  test.each([
    ['read', 'allow'],
    ['write', 'allow'],
    ['destructive', 'ask'],
  ] as const)('to %s: %s', (effect, decision) => {
    const other = rule('deny', { agents: ['agt_2'] })
    for (const rules of [[], [other]]) expect(decide(rules, { effect })).toMatchObject({ decision, rule: null })
  })
})

test('the first rule that matches decides, whatever comes after it', () => {
  const rules = [
    rule('deny', { tools: ['other_*'] }),
    rule('ask', { providers: ['mail'] }),
    rule('allow'),
    rule('deny'),
  ]
  expect(decide(rules)).toEqual({
    decision: 'ask',
    rule: { id: rules[1]?.id, name: rules[1]?.name },
    because: expect.stringContaining(rules[1]?.name ?? '-'),
  })
})

test('a rule ends at its time', () => {
  const rules = [rule('deny', {}, 100)]
  expect(decide(rules, {}, 99).decision).toBe('deny')
  expect(decide(rules, {}, 100).decision).toBe('allow')
})

test.each<[RuleMatch, boolean]>([
  [{}, true],
  [{ agents: ['agt_2', 'agt_1'] }, true],
  [{ agents: ['agt_2'] }, false],
  [{ connections: ['conn_1'] }, true],
  [{ connections: ['conn_2'] }, false],
  [{ providers: ['mail'] }, true],
  [{ providers: ['issues'] }, false],
  [{ tools: ['mail_send_message'] }, true],
  [{ tools: ['mail_*'] }, true],
  [{ tools: ['*_message'] }, true],
  [{ tools: ['mail'] }, false],
  [{ effects: ['write', 'destructive'] }, true],
  [{ effects: ['read'] }, false],
  [{ environments: ['live'] }, true],
  [{ environments: ['test'] }, false],
  [{ agents: ['agt_1'], tools: ['mail_*'], effects: ['write'] }, true],
  [{ agents: ['agt_1'], tools: ['mail_*'], effects: ['read'] }, false],
  [{ arguments: [{ path: 'to', is: 'domainIn', value: ['ours.example'] }] }, true],
  [{ arguments: [{ path: 'cc', is: 'domainIn', value: ['ours.example'] }] }, false],
  [{ moreThan: 0 }, true],
  [{ moreThan: 1 }, false],
])('%j matches: %j, for every decision', (match, matches) => {
  for (const decision of ['allow', 'ask', 'deny'] as const) {
    const decided = decide([rule(decision, match)])
    expect(decided.rule !== null).toBe(matches)
  }
})

test('all conditions of a rule have to hold', () => {
  const small = { path: 'amount', is: 'below', value: 100 } as const
  const euro = { path: 'currency', is: 'equals', value: 'eur' } as const
  const rules = [rule('deny', { arguments: [small, euro] })]
  expect(decide(rules, { args: { amount: 5, currency: 'eur' } }).decision).toBe('deny')
  expect(decide(rules, { args: { amount: 5, currency: 'usd' } }).decision).toBe('allow')
  expect(decide(rules, { args: { amount: 500, currency: 'eur' } }).decision).toBe('allow')
})

test('an allowance needs every recipient to be one of ours, a prohibition one who is not wanted', () => {
  const ours = rule('allow', { arguments: [{ path: 'to, cc, bcc', is: 'domainIn', value: ['ours.example'] }] })
  const theirs = rule('deny', { arguments: [{ path: 'to, cc, bcc', is: 'domainIn', value: ['theirs.example'] }] })
  const rules = [ours, theirs, rule('ask')]
  const decided = (args: Record<string, unknown>) => decide(rules, { args }).decision
  expect(decided({ to: ['a@ours.example'] })).toBe('allow')
  expect(decided({ to: ['a@ours.example'], cc: ['b@ours.example'] })).toBe('allow')
  expect(decided({ to: ['a@ours.example'], cc: ['b@else.example'] })).toBe('ask')
  expect(decided({ to: ['a@ours.example'], bcc: 'b@theirs.example' })).toBe('deny')
  expect(decided({ subject: 'To nobody' })).toBe('ask')
})

describe('more than so many items at once', () => {
  const decided = (args: Record<string, unknown>) => decide([rule('ask', { moreThan: 3 })], { args }).decision
  test.each([
    [{ to: ['a', 'b', 'c', 'd'] }],
    [{ ids: ['a'], deep: [{ ids: [1, 2, 3, 4] }] }],
    [{ to: 'a@x.example, b@x.example, c@x.example, d@x.example' }],
    [{ to: ['a@x.example, b@x.example, c@x.example, d@x.example'] }],
  ])('asks for %j', args => {
    expect(decided(args)).toBe('ask')
  })
  test.each([[{ to: ['a', 'b', 'c'] }], [{ a: [1, 2], b: [3, 4] }], [{ n: 9 }], [{ to: 'a@x.example, b@x.example' }]])(
    'does not ask for %j',
    args => {
      expect(decided(args)).toBe('allow')
    },
  )
})

test('a rule that cannot be read allows nothing, and holds back everything', () => {
  expect(decide([rule('allow', null)], { effect: 'destructive' })).toMatchObject({ decision: 'ask', rule: null })
  expect(decide([rule('ask', null)]).decision).toBe('ask')
  expect(decide([rule('deny', null), rule('allow')]).decision).toBe('deny')
})

describe('what is no match', () => {
  test.each([
    { agents: [] },
    { tools: [''] },
    { tool: ['mail_*'] },
    { effects: ['delete'] },
    { arguments: [] },
    { arguments: [{ path: '', is: 'equals', value: 1 }] },
    { arguments: [{ path: 'a..b', is: 'equals', value: 1 }] },
    { arguments: [{ path: 'a,', is: 'equals', value: 1 }] },
    { arguments: [{ path: 'a', is: 'like', value: 1 }] },
    { arguments: [{ path: 'a', is: 'above', value: '5' }] },
    { arguments: [{ path: 'a', is: 'domainIn', value: 'ours.example' }] },
    { arguments: [{ path: 'a', is: 'domainIn', value: ['a@ours.example'] }] },
    { arguments: [{ path: 'a', is: 'domainIn', value: ['https://ours.example'] }] },
    { arguments: [{ path: 'a', is: 'matches', value: 'x'.repeat(201) }] },
    { moreThan: -1 },
    { moreThan: 1.5 },
  ])('is refused: %j', match => {
    expect(matchSchema.safeParse(match).success).toBe(false)
  })
})
