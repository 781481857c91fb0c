import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { buildCatalog, type Tool } from '../catalog/catalog.ts'
import { apiKey, connector, type Idempotency, tool } from '../catalog/define.ts'
import type { Effect } from '../core/effect.ts'
import { type ErrorCode, Fault, type FaultDetails } from '../core/errors.ts'
import type { Failed } from './classify.ts'
import { type Decision, decide, type Standing } from './decide.ts'

function toolWith(effect: Effect, idempotency: Idempotency): Tool {
  const demo = connector({
    name: 'Demo',
    about: 'A demo.',
    auth: [apiKey({ label: 'key' })],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: 'https://demo.example' },
    tools: { act: tool({ about: 'Act.', input: {}, request: 'POST /act', effect, idempotency }) },
  })
  const made = buildCatalog({ demo }).tools.get('demo_act')
  if (!made) throw new Error('no tool')
  return made
}

const keyed = { header: 'Idempotency-Key' }
/** Every effect with every idempotency, by the column of the promises that holds for it. */
const tools = {
  read: [toolWith('read', 'natural'), toolWith('read', 'none'), toolWith('read', keyed)],
  natural: [toolWith('write', 'natural'), toolWith('destructive', 'natural')],
  keyed: [toolWith('write', keyed), toolWith('destructive', keyed)],
  anew: [toolWith('write', 'none'), toolWith('destructive', 'none')],
}

function failed(
  code: ErrorCode,
  [reached, trusted, passing]: [Failed['reached'], boolean, boolean],
  details: FaultDetails = {},
): Failed {
  return { ok: false, fault: new Fault(code, 'Demo: it broke.', details), reached, trusted, passing }
}

/** Every way to fail: how far the request got, whether the provider said that it did not act, whether it may pass. */
const failures = {
  'no connection': failed('provider_unavailable', ['not_sent', false, true]),
  'no connection that may be made': failed('policy_denied', ['not_sent', false, false]),
  'not sent by ClawLink': failed('authentication_failed', ['not_sent', true, false]),
  'rate limited': failed('rate_limited', ['answered', true, true], { retryAfterMs: 0 }),
  refused: failed('not_found', ['answered', true, false]),
  'rate limited beside data': failed('rate_limited', ['answered', false, true], { retryAfterMs: 0 }),
  'server error': failed('provider_unavailable', ['answered', false, true]),
  'no answer of the API': failed('provider_unavailable', ['answered', false, false]),
  'broken or late': failed('timeout', ['maybe_sent', false, true]),
  'cannot be taken': failed('payload_too_large', ['maybe_sent', false, false]),
}

const limitMs = 30_000
const start: Standing = { attempts: 1, inDoubt: false, usedMs: 0, limitMs, random: () => 0 }
/** Whether it may be tried again, by the count of attempts and the time. */
const left: Record<'left' | 'none', Partial<Standing>[]> = {
  left: [{ attempts: 1 }, { attempts: 2 }, { attempts: 2, usedMs: 20_000 }],
  none: [{ attempts: 3 }, { attempts: 4 }, { attempts: 1, usedMs: 20_001 }, { attempts: 1, usedMs: 99_000 }],
}

type Word = 'retry' | 'answer' | 'safe' | 'unknown'
type Promised = [keyof typeof failures, before: 'sure' | 'doubt', keyof typeof left, Word, Word, Word, Word]

/** What is promised, row by row, without looking at how the code decides. `doubt`: an earlier attempt may have acted. */
const promises: Promised[] = [
  //                                                       read      natural   keyed      anew
  ['no connection', 'sure', 'left', 'retry', 'retry', 'retry', 'retry'],
  ['no connection', 'sure', 'none', 'answer', 'answer', 'answer', 'answer'],
  ['no connection', 'doubt', 'left', 'retry', 'retry', 'retry', 'unknown'],
  ['no connection', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['no connection that may be made', 'sure', 'left', 'answer', 'answer', 'answer', 'answer'],
  ['no connection that may be made', 'sure', 'none', 'answer', 'answer', 'answer', 'answer'],
  ['no connection that may be made', 'doubt', 'left', 'answer', 'safe', 'unknown', 'unknown'],
  ['no connection that may be made', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['not sent by ClawLink', 'sure', 'left', 'answer', 'answer', 'answer', 'answer'],
  ['not sent by ClawLink', 'sure', 'none', 'answer', 'answer', 'answer', 'answer'],
  ['not sent by ClawLink', 'doubt', 'left', 'answer', 'safe', 'unknown', 'unknown'],
  ['not sent by ClawLink', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['rate limited', 'sure', 'left', 'retry', 'retry', 'retry', 'retry'],
  ['rate limited', 'sure', 'none', 'answer', 'answer', 'answer', 'answer'],
  ['rate limited', 'doubt', 'left', 'retry', 'retry', 'retry', 'unknown'],
  ['rate limited', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['refused', 'sure', 'left', 'answer', 'answer', 'answer', 'answer'],
  ['refused', 'sure', 'none', 'answer', 'answer', 'answer', 'answer'],
  ['refused', 'doubt', 'left', 'answer', 'safe', 'unknown', 'unknown'],
  ['refused', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['rate limited beside data', 'sure', 'left', 'retry', 'retry', 'retry', 'unknown'],
  ['rate limited beside data', 'sure', 'none', 'answer', 'safe', 'unknown', 'unknown'],
  ['rate limited beside data', 'doubt', 'left', 'retry', 'retry', 'retry', 'unknown'],
  ['rate limited beside data', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['server error', 'sure', 'left', 'retry', 'retry', 'retry', 'unknown'],
  ['server error', 'sure', 'none', 'answer', 'safe', 'unknown', 'unknown'],
  ['server error', 'doubt', 'left', 'retry', 'retry', 'retry', 'unknown'],
  ['server error', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['no answer of the API', 'sure', 'left', 'answer', 'safe', 'unknown', 'unknown'],
  ['no answer of the API', 'sure', 'none', 'answer', 'safe', 'unknown', 'unknown'],
  ['no answer of the API', 'doubt', 'left', 'answer', 'safe', 'unknown', 'unknown'],
  ['no answer of the API', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['broken or late', 'sure', 'left', 'retry', 'retry', 'retry', 'unknown'],
  ['broken or late', 'sure', 'none', 'answer', 'safe', 'unknown', 'unknown'],
  ['broken or late', 'doubt', 'left', 'retry', 'retry', 'retry', 'unknown'],
  ['broken or late', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],

  ['cannot be taken', 'sure', 'left', 'answer', 'safe', 'unknown', 'unknown'],
  ['cannot be taken', 'sure', 'none', 'answer', 'safe', 'unknown', 'unknown'],
  ['cannot be taken', 'doubt', 'left', 'answer', 'safe', 'unknown', 'unknown'],
  ['cannot be taken', 'doubt', 'none', 'answer', 'safe', 'unknown', 'unknown'],
]

type Wait = [words: string, failure: Failed, standing: Partial<Standing>, Decision]

const limited = (retryAfterMs?: number) =>
  failed('rate_limited', ['answered', true, true], retryAfterMs === undefined ? {} : { retryAfterMs })
const down = (retryAfterMs?: number) =>
  failed('provider_unavailable', ['answered', false, true], retryAfterMs === undefined ? {} : { retryAfterMs })
const after = (afterMs: number): Decision => ({ do: 'retry', afterMs, otherwise: 'answer' })
const end: Decision = { do: 'end', end: 'answer' }
const high = () => 0.999_999

/** How long a read waits before it is tried again. */
const waits: Wait[] = [
  ['backoff: anything up to 1 s after the first attempt', down(), { random: high }, after(999)],
  ['backoff: anything from 0 up', down(), {}, after(0)],
  ['backoff: anything up to 2 s after the second attempt', down(), { attempts: 2, random: high }, after(1_999)],
  ['backoff: what chance says', down(), { attempts: 2, random: () => 0.25 }, after(500)],
  ['as long as the provider asks for', limited(7_000), {}, after(7_000)],
  ['as long as the provider asks for, and then backoff', limited(7_000), { random: high }, after(7_999)],
  ['as long as a provider that is down asks for', down(7_000), {}, after(7_000)],
  ['not at all when the provider asks for no wait', limited(0), {}, after(0)],
  ['5 s for a rate limit without a time', limited(), {}, after(5_000)],
  ['two thirds of the time at most', limited(20_000), {}, after(20_000)],
  ['no longer than that: then the caller is told when', limited(20_001), {}, end],
  ['no longer than that, backoff included', limited(19_999), { random: () => 0.002 }, end],
  ['two thirds of the time, less what is used', limited(7_000), { usedMs: 13_000 }, after(7_000)],
  ['no longer than what is left of it', limited(7_000), { usedMs: 13_001 }, end],
  ['by the time that the call has', limited(7_000), { limitMs: 10_000 }, end],
]

/** Names what this way to decide gets wrong. */
function broken(decider: typeof decide): string[] {
  const wrong: string[] = []
  for (const [failure, before, chances, ...words] of promises) {
    for (const [index, [repeat, each]] of Object.entries(tools).entries()) {
      for (const [demo, more] of each.flatMap(demo => left[chances].map(more => [demo, more] as const))) {
        const decided = decider(demo, failures[failure], { ...start, inDoubt: before === 'doubt', ...more })
        const word = decided.do === 'end' ? decided.end : decided.do
        const ends = promises.find(row => row[0] === failure && row[1] === before && row[2] === 'none')?.[index + 3]
        const otherwise = decided.do === 'retry' ? decided.otherwise : ends
        if (word !== words[index] || otherwise !== ends)
          wrong.push(`${failure}, ${before}, ${chances} ${JSON.stringify(more)}, ${repeat} ${demo.effect}: ${word}`)
      }
    }
  }
  for (const [words, failure, more, expected] of waits) {
    const [read] = tools.read
    const decided = read && decider(read, failure, { ...start, ...more })
    if (JSON.stringify(decided) !== JSON.stringify(expected)) wrong.push(`${words}: ${JSON.stringify(decided)}`)
  }
  for (const demo of Object.values(tools).flat()) {
    for (const inDoubt of [true, false]) {
      const decided = decider(demo, { ok: true, status: 200, headers: {}, body: null }, { ...start, inDoubt })
      if (JSON.stringify(decided) !== JSON.stringify(end)) wrong.push(`a success: ${JSON.stringify(decided)}`)
    }
  }
  return wrong
}

describe('what follows an attempt', () => {
  test('is promised for every failure, before and after one that may have acted, with and without a chance', () => {
    const rows = new Set(promises.map(([failure, before, chances]) => `${failure}, ${before}, ${chances}`))
    expect(rows.size).toBe(Object.keys(failures).length * 2 * 2)
    expect(promises).toHaveLength(rows.size)
  })

  test('is what is promised, and of a success its answer, whatever was before', () => {
    expect(broken(decide)).toEqual([])
  })

  test.each(waits)('waits: %s', (_, failure, more, expected) => {
    const [read] = tools.read
    expect(read && decide(read, failure, { ...start, ...more })).toEqual(expected)
  })

  test('of a plain write that may have happened is never another attempt', () => {
    for (const failure of Object.values(failures)) {
      for (const inDoubt of [true, false]) {
        if (!inDoubt && (failure.reached === 'not_sent' || failure.trusted)) continue
        for (const demo of tools.anew)
          expect(decide(demo, failure, { ...start, inDoubt })).toEqual({ do: 'end', end: 'unknown' })
      }
    }
  })
})

/** Each rule of the source with something else in its place. */
function mutants(): [what: string, source: string][] {
  const source = readFileSync(join(import.meta.dirname, 'decide.ts'), 'utf8')
  const made: [string, string][] = []
  const replaced = (what: string, from: string, to: string) => {
    if (source.split(from).length !== 2) throw new Error(`not there once: ${from}`)
    made.push([what, source.replace(from, to)])
  }
  const lines = source.split('\n').filter(line => /^ {4}(passing|lasting): \{ read/.test(line))
  if (lines.length !== 4) throw new Error('the table has another form')
  lines.forEach((line, row) => {
    for (const cell of line.match(/\w+: '\w+'/g) ?? []) {
      const [column] = cell.split(':')
      for (const word of ['retry', 'answer', 'safe', 'unknown']) {
        if (cell.endsWith(`'${word}'`)) continue
        replaced(`row ${row + 1}, ${column}: ${word}`, line, line.replace(cell, `${column}: '${word}'`))
      }
    }
  })
  replaced(
    'a success is in doubt',
    `if (attempt.ok) return { do: 'end', end: 'answer' }`,
    `if (attempt.ok) return { do: 'end', end: 'unknown' }`,
  )
  replaced('two attempts', 'attemptsMax = 3', 'attemptsMax = 2')
  replaced('four attempts', 'attemptsMax = 3', 'attemptsMax = 4')
  replaced('what lasts is tried again', 'attempt.passing && ', '')
  replaced('no bound on attempts', 'standing.attempts < attemptsMax && ', '')
  replaced('no bound on time', ' && isTimeFor(afterMs, standing)', '')
  replaced('an earlier doubt is forgotten', 'standing.inDoubt || ', '')
  replaced('this attempt leaves no doubt', 'standing.inDoubt || mayHaveHappened(attempt)', 'standing.inDoubt')
  replaced('what was not sent may have happened', `attempt.reached !== 'not_sent' && `, '')
  replaced('the provider’s word counts for nothing', ' && !attempt.trusted', '')
  replaced('a read is a write', `if (effect === 'read') return 'read'`, '')
  replaced('a natural repeat acts anew', `if (idempotency === 'natural') return 'natural'`, '')
  replaced('a key is no key', `idempotency === 'none' ? 'anew' : 'keyed'`, `'anew'`)
  replaced('every write has a key', `idempotency === 'none' ? 'anew' : 'keyed'`, `'keyed'`)
  replaced('the provider’s time is not kept', 'fault.details.retryAfterMs ?? unstated', 'unstated')
  replaced('a rate limit without a time is not waited for', '? unstatedWaitMs : 0', '? 0 : 0')
  replaced('every failure waits like a rate limit', '? unstatedWaitMs : 0', '? unstatedWaitMs : unstatedWaitMs')
  replaced('no backoff', ' + backoffMs(attempts, random)', '')
  replaced('a backoff that does not grow', 'backoffMs(attempts, random)', 'backoffMs(1, random)')
  replaced('a backoff without chance', 'backoffMs(attempts, random)', 'backoffMs(attempts, () => 0.999)')
  replaced('time that is used does not count', 'usedMs + afterMs', 'afterMs')
  replaced('the wait does not count', 'usedMs + afterMs', 'usedMs')
  replaced('an attempt in the last moment', '(limitMs * 2) / 3', 'limitMs')
  replaced('no attempt in its last moment', 'afterMs <= (limitMs', 'afterMs < (limitMs')
  replaced('how it ends otherwise is wrong', 'otherwise: rows.lasting[repeat]', `otherwise: 'answer'`)
  return [...made, [unbroken, source]]
}

const unbroken = 'nothing'

describe('a rule that is broken', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-mutants-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(mutants())('is noticed: %s', async (what, source) => {
    const file = join(folder, `${what.replace(/\W+/g, '-')}.ts`)
    writeFileSync(
      file,
      source.replace(/'(\.[^']+\.ts)'/g, (_, path) => `'${join(import.meta.dirname, path)}'`),
    )
    const mutant: { decide: typeof decide } = await import(pathToFileURL(file).href)
    expect(broken(mutant.decide).length > 0).toBe(what !== unbroken)
  })
})
