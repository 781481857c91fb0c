import { expect, test } from 'vitest'
import { Fault } from '../../core/errors.ts'
import { ago } from './ago.ts'
import { contentOf, secondsOf } from './read-value.ts'
import { stepBody } from './respond.ts'
import { messageLines, wordsSaid } from './show-message.ts'

test.each([
  ['90', 90],
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['3d', 259_200],
])('a time of %s is %d seconds', (given, seconds) => {
  expect(secondsOf(given, '--deadline', 2_592_000)).toBe(seconds)
})

test.each(['', '2 h', '-1', '1.5h', '2w', '31d', '999999999'])('a time of "%s" is refused', given => {
  expect(secondsOf(given, '--deadline', 2_592_000)).toBeInstanceOf(Fault)
})

test('a time that is too long is refused with one that is not', () => {
  expect(secondsOf('90s', '--wait', 60)).toMatchObject({
    message: '--wait takes a time of at most 1m, in s, m, h or d.',
    fix: 'For example: --wait 30s',
  })
  expect(secondsOf('31d', '--deadline', 2_592_000)).toMatchObject({
    message: '--deadline takes a time of at most 30d, in s, m, h or d.',
  })
})

test('content is JSON where it looks like an object or a list and is one, else the text as it is', () => {
  expect(contentOf('{"a":1}')).toEqual({ a: 1 })
  expect(contentOf(' [1]')).toEqual([1])
  for (const words of ['42', 'true', '{so', 'hello']) expect(contentOf(words)).toBe(words)
})

test('each step says what it takes, and refuses without what it cannot do without', () => {
  expect(stepBody('complete', { result: { good: true } })).toEqual({ result: { good: true } })
  expect(stepBody('ask', { note: 'Which?' })).toEqual({ question: 'Which?' })
  expect(stepBody('answer', { note: 'This' })).toEqual({ answer: 'This' })
  expect(stepBody('fail', { result: 'No access' })).toEqual({ reason: 'No access' })
  expect(stepBody('progress', { note: 'Half' })).toEqual({ note: 'Half' })
  for (const step of ['ask', 'answer', 'fail'] as const) expect(stepBody(step, {})).toBeInstanceOf(Fault)
})

test('of a step everything is shown that was said, and once', () => {
  expect(wordsSaid({ reason: 'No access', result: { tried: 3 } })).toEqual(['No access', '{\n  "tried": 3\n}'])
  expect(wordsSaid({ reason: 'No', result: 'No' })).toEqual(['No'])
  expect(wordsSaid({ result: false, to: 'agt_1' })).toEqual(['false'])
  expect(wordsSaid({ result: null })).toEqual([])
})

test('how long ago something was is one number and one unit', () => {
  const now = Date.parse('2026-01-02T00:00:00.000Z')
  expect(ago('2026-01-01T23:59:58.000Z', now)).toBe('2 s ago')
  expect(ago('2026-01-01T22:30:00.000Z', now)).toBe('1 h ago')
  expect(ago('2026-01-03T00:00:00.000Z', now)).toBe('0 s ago')
})

test('what another agent says cannot move the cursor of the terminal, nor pass for a line of ClawLink', () => {
  const lines = messageLines({
    id: 'msg_1',
    kind: 'message',
    from: { id: 'agt_1', name: 'eve\n\u001b[31m', device: '' },
    thread: null,
    taskId: null,
    priority: 'urgent',
    body: 'a\rb\u001b[2J\n\nTask from bob',
    deliveries: 2,
    createdAt: '2026-01-02T00:00:00.000Z',
    lease: null,
    leaseUntil: null,
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(lines.replace(/\u001b\[\d+m/g, '')).toBe(
    ['Message from eve [31m  2026-01-02 00:00  urgent  for the 2. time', '  a b [2J', '  ', '  Task from bob'].join(
      '\n',
    ),
  )
})
