/** Calls that go on by themselves: not waited for, or worked on by their provider. Through workers that come, go and die. */
import { describe, expect, test } from 'vitest'
import { beginSending } from '../../src/calls/parked.ts'
import { newId } from '../../src/core/ids.ts'
import { stopTopic } from '../../src/core/look-until.ts'
import { leaseMs } from '../../src/jobs/lease.ts'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { approve, park, startWithMember, startWorkerElsewhere } from '../kit/parked.ts'
import { sentOf } from '../kit/scenario.ts'
import { keyedWrite, write } from './tools.ts'

type Told = Record<string, unknown> & { callId: string }

const webOnly = { config: { roles: ['web' as const] } }
const issue = { tool: 'sandbox_create_issue', arguments: { project: 'website', title: 'A broken door' } }
const report = { tool: 'sandbox_start_report', arguments: { about: 'payments', seconds: 20 } }

async function callLater(
  claw: TestClawLink,
  { tool, arguments: args } = issue as { tool: string; arguments: object },
  key?: string,
) {
  const headers = { ...(key !== undefined && { 'idempotency-key': key }) }
  const { status, body } = await claw.rest('POST', `/tools/${tool}/calls`, {
    body: { arguments: args, wait: false },
    headers,
  })
  expect(status, JSON.stringify(body)).toBe(202)
  return body as Told
}

const look = async (claw: TestClawLink, { callId }: Told) => (await claw.rest('GET', `/calls/${callId}`)).body

async function until(claw: TestClawLink, told: Told, isSo: (seen: Record<string, unknown>) => boolean) {
  for (;;) {
    const seen = await look(claw, told)
    if (isSo(seen)) return seen
    await new Promise(resolve => setImmediate(resolve))
  }
}
const ended = (claw: TestClawLink, told: Told) => until(claw, told, ({ state }) => state === 'ended')
/** The provider has it, and the worker will ask about it later. */
async function submitted({ app }: TestClawLink) {
  const waiting = () =>
    app.db.read
      .selectFrom('calls')
      .innerJoin('jobs', 'jobs.subject', 'calls.id')
      .select('calls.id')
      .where('calls.state', '=', 'submitted')
      .where('jobs.state', '=', 'waiting')
      .execute()
  while (!(await waiting()).length) await new Promise(resolve => setImmediate(resolve))
}

/** The worker has tried it, and waits for when to try again. */
async function pausing({ app }: Pick<TestClawLink, 'app'>) {
  while (!app.wakes.listenerCount(stopTopic)) await new Promise(resolve => setImmediate(resolve))
}

const limited: Fault = { kind: 'rate_limit', retryAfter: 15 }
const lost: Fault = { kind: 'status', status: 503, applied: true, headers: { 'retry-after': '15' } }
type Kind = typeof write

const sent = (claw: TestClawLink) => claw.sandbox.requests.map(sentOf)

describe('a call that is not waited for', () => {
  test('is answered with its id at once, is sent once by a worker, and keeps its answer', async () => {
    await using claw = await startClawLink(webOnly)
    const told = await callLater(claw)
    expect(told).toMatchObject({
      code: 'queued',
      outcome: 'parked',
      retryable: false,
      detail: 'The call goes on by itself.',
    })
    expect(await look(claw, told)).toMatchObject({ state: 'queued', queue: { position: 1 } })
    expect((await claw.rest('GET', '/calls')).body).toMatchObject({
      items: [{ callId: told.callId, state: 'queued', tool: issue.tool }],
      next: null,
    })
    expect([sent(claw), await claw.rows('usage')]).toEqual([[], []])

    await using _ = await startWorkerElsewhere(claw)
    const seen = await ended(claw, told)
    expect(seen).toMatchObject({
      answer: { outcome: 'succeeded', data: { title: 'A broken door' } },
      usage: { attempts: 1 },
    })
    expect(sent(claw)).toEqual([['POST /projects/website/issues', { title: 'A broken door' }]])
    expect(await claw.rows('usage')).toMatchObject([{ outcome: 'succeeded', surface: 'rest' }])
    expect((await claw.rest('GET', '/calls')).body).toEqual({ items: [], next: null })
  })

  test('is one call under its idempotency key, queued, running and ended', async () => {
    await using claw = await startClawLink(webOnly)
    const told = await callLater(claw, issue, 'once')
    expect(await callLater(claw, issue, 'once')).toMatchObject({ callId: told.callId, code: 'queued', replayed: true })
    await using _ = await startWorkerElsewhere(claw)
    await ended(claw, told)
    const again = await claw.rest('POST', `/tools/${issue.tool}/calls`, {
      body: { arguments: issue.arguments },
      headers: { 'idempotency-key': 'once' },
    })
    expect(again).toMatchObject({ status: 200, body: { callId: told.callId, replayed: true } })
    expect(sent(claw)).toHaveLength(1)
  })

  test('is one over MCP too, where its status and its answer are asked for', async () => {
    await using claw = await startClawLink()
    const call = (name: string, args: object) => claw.mcp('tools/call', { name, arguments: args })
    const first = await call('clawlink_call_tool', { ...issue, wait: false })
    const { callId, ...told } = Object(Object(first.body.result).structuredContent)
    expect(told).toMatchObject({
      outcome: 'parked',
      status: 'queued',
      fix: expect.stringContaining('clawlink_get_call'),
    })
    expect(Object(first.body.result).isError).toBeUndefined()
    await ended(claw, { callId })
    const seen = await call('clawlink_get_call', { callId })
    expect(Object(seen.body.result).structuredContent).toMatchObject({
      state: 'ended',
      answer: { outcome: 'succeeded' },
    })
  })

  test('that is canceled is never sent, and canceled or asked for again under its key it stays as it is', async () => {
    await using claw = await startClawLink(webOnly)
    const told = await callLater(claw, issue, 'once')
    const other = await claw.newKey({ agent: 'another' })
    expect(await claw.rest('POST', `/calls/${told.callId}/cancel`, { key: other })).toMatchObject({ status: 404 })
    const canceled = await claw.rest('POST', `/calls/${told.callId}/cancel`)
    expect(canceled).toMatchObject({
      status: 200,
      body: { state: 'ended', problem: { code: 'canceled', outcome: 'failed' } },
    })
    const next = await callLater(claw)
    await using _ = await startWorkerElsewhere(claw)
    await ended(claw, next)
    expect(await claw.rest('POST', `/calls/${told.callId}/cancel`)).toMatchObject({
      body: { problem: { code: 'canceled' } },
    })
    const again = { body: { arguments: issue.arguments, wait: false }, headers: { 'idempotency-key': 'once' } }
    expect(await claw.rest('POST', `/tools/${issue.tool}/calls`, again)).toMatchObject({
      status: 409,
      body: { code: 'canceled', replayed: true, fix: expect.stringContaining('with another idempotency key') },
    })
    expect(sent(claw)).toHaveLength(1)
  })

  test.each<[string, Kind, Fault, problem: object]>([
    ['canceled when the provider had refused it', write, limited, { outcome: 'failed', code: 'canceled' }],
    ['unknown when it may have happened', keyedWrite, lost, { outcome: 'unknown', code: 'outcome_unknown' }],
  ])(
    'that is canceled while it waits to be tried again, in another process, is %s',
    async (_, kind, fault, problem) => {
      await using claw = await startClawLink(webOnly)
      const told = await callLater(claw, { tool: kind.tool, arguments: kind.args })
      claw.sandbox.script(fault)
      await using worker = await startWorkerElsewhere(claw)
      await pausing(worker)
      claw.clock.move(1_000)
      const canceled = await claw.rest('POST', `/calls/${told.callId}/cancel`)
      expect(canceled.body).toMatchObject({ state: 'ended', problem, usage: { attempts: 1, durationMs: 1_000 } })
      claw.clock.move(15_000)
      const job = claw.app.db.read.selectFrom('jobs').select('id').where('kind', '=', 'resume_call')
      await expect.poll(() => job.execute()).toEqual([])
      expect(sent(claw)).toEqual(kind.sent)
      expect(await claw.rows('usage')).toHaveLength(1)
    },
  )

  test('that is canceled while it is being tried again ends as that does', async () => {
    await using claw = await startClawLink(webOnly)
    const told = await callLater(claw, { tool: write.tool, arguments: write.args })
    claw.sandbox.script(limited, { kind: 'hang' })
    await using worker = await startWorkerElsewhere(claw)
    await pausing(worker)
    claw.clock.move(16_000)
    await claw.sandbox.received(2)
    expect((await claw.rest('POST', `/calls/${told.callId}/cancel`)).body).toMatchObject({ state: 'running' })
    claw.clock.move(30_000)
    expect(await ended(claw, told)).toMatchObject({ problem: { code: 'outcome_unknown' }, usage: { attempts: 2 } })
  })

  test('is seen by members with its place in the queue, who can cancel it; the audit record says who did', async () => {
    await using claw = await startWithMember(webOnly)
    const [first, second] = [await callLater(claw), await callLater(claw)]
    const { items } = Object((await claw.ada.rest('GET', '/calls')).body)
    expect(items.map(({ queue, ...seen }: Told) => [seen.callId, seen.tool, Object(queue).position])).toEqual([
      [second.callId, issue.tool, expect.any(Number)],
      [first.callId, issue.tool, 1],
    ])
    const page = async (from = '') => Object((await claw.ada.rest('GET', `/calls?limit=1${from}`)).body)
    const { next } = await page()
    expect(await page(`&next=${next}`)).toMatchObject({ items: [{ callId: first.callId }], next: null })
    expect(await look(claw, second)).toMatchObject({ tool: issue.tool, startedAt: expect.any(String) })
    expect(await claw.ada.rest('POST', `/calls/${second.callId}/cancel`)).toMatchObject({
      status: 200,
      body: { state: 'ended', problem: { code: 'canceled', detail: 'Ada canceled this call.' } },
    })
    const resumed = { at: claw.clock.now(), digest: '', approved: false, mayHaveBeenSent: false }
    expect(await beginSending(claw.app, second.callId, resumed)).toBe(false)
    const audit = claw.app.db.read.selectFrom('audit').selectAll()
    expect(await audit.where('action', '=', 'call.canceled').execute()).toMatchObject([
      { actor_kind: 'person', target: second.callId },
    ])
  })

  test('is not sent when its arguments are bad: that is answered at once', async () => {
    await using claw = await startClawLink(webOnly)
    const { status, body } = await claw.rest('POST', `/tools/${issue.tool}/calls`, {
      body: { arguments: {}, wait: false },
    })
    expect([status, body.code]).toEqual([400, 'validation_error'])
  })
})

describe('work that the provider takes longer for', () => {
  test('goes on until the provider is done, tells how far it is, and is one call in the record, as long as it took', async () => {
    await using claw = await startClawLink()
    const { status, body } = await claw.call(report.tool, report.arguments)
    expect([status, body.code]).toEqual([202, 'queued'])
    const told = body as Told
    await submitted(claw)
    claw.clock.move(10_000)
    expect(await until(claw, told, ({ progress }) => progress !== undefined)).toMatchObject({
      state: 'running',
      progress: { percent: 50 },
    })
    claw.clock.move(10_000)
    const seen = await ended(claw, told)
    const { payments } = claw.sandbox.store
    expect(seen).toMatchObject({
      answer: { data: { status: 'done', count: payments.length } },
      usage: { tool: report.tool, attempts: 2, durationMs: 20_000 },
    })
    expect(claw.sandbox.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
    expect(await claw.rows('usage')).toHaveLength(1)
  })

  test('is told of as server-sent events: how it stands, each change, and its end', async () => {
    await using claw = await startClawLink()
    const told = (await claw.call(report.tool, report.arguments)).body as Told
    await submitted(claw)
    const headers = { authorization: `Bearer ${claw.key}` }
    const answer = await fetch(`${claw.url}/api/v1/calls/${told.callId}/events`, { headers })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const readUntil = async (words: string) => {
      while (!text.includes(words)) text += (await reader?.read())?.value ?? '(over)'
    }
    await readUntil('event: progress')
    claw.clock.move(10_000)
    await until(claw, told, ({ progress }) => progress !== undefined)
    claw.clock.move(500)
    await readUntil('"percent":50')
    await submitted(claw)
    claw.clock.move(10_000)
    await readUntil('event: end')
    expect(await reader?.read()).toEqual({ done: true, value: undefined })
    const events = text.split('\n\n').filter(part => part.startsWith('event'))
    expect(events.map(event => JSON.parse(event.split('data: ')[1] ?? '')).map(({ state }) => state)).toEqual([
      'running',
      'running',
      'ended',
    ])
    const nobody = await fetch(`${claw.url}/api/v1/calls/${told.callId}/events`)
    const other = { authorization: `Bearer ${await claw.newKey({ agent: 'another' })}` }
    const foreign = await fetch(`${claw.url}/api/v1/calls/${told.callId}/events`, { headers: other })
    expect([nobody.status, foreign.status]).toEqual([401, 404])
  })

  test('is asked about at once when the provider calls back, and by nobody else’s word', async () => {
    await using claw = await startClawLink()
    // Where a provider could reach it: known once the port is.
    claw.app.config = { ...claw.app.config, publicUrl: claw.url }
    const told = (await claw.call(report.tool, { about: 'payments', seconds: 1 })).body as Told
    await submitted(claw)
    const [submission] = claw.sandbox.requests
    const { callback_url: callback } = JSON.parse(submission?.body ?? '{}')
    expect(callback).toMatch(new RegExp(`^${claw.url}/hooks/calls/${told.callId}/[\\w-]{43}$`))
    claw.clock.move(1_000) // done, though it is not asked about before two seconds have passed
    const knock = async (url: string) => (await fetch(url, { method: 'POST' })).status
    const wrong = [
      `${callback}x`,
      callback.slice(0, -1),
      callback.replace(told.callId, newId('call', claw.clock.now())),
    ]
    expect(await Promise.all(wrong.map(knock))).toEqual([404, 404, 404])
    expect(claw.sandbox.requests).toHaveLength(1)
    expect(await knock(callback)).toBe(204)
    expect(await ended(claw, told)).toMatchObject({ answer: { data: { status: 'done' } } })
    expect(await knock(callback)).toBe(404)
    // The URL is a secret between the two: it stands in no answer and in no log.
    expect(claw.logged() + claw.answered()).not.toContain(callback.split('/').at(-1))
  })

  test('is told where to call back also after a member approved it, who sees all of it but the secret, as a preview shows it', async () => {
    await using claw = await startWithMember()
    claw.app.config = { ...claw.app.config, publicUrl: claw.url }
    await claw.ada.rest('POST', '/rules', { name: 'Ask', decision: 'ask', match: { tools: [report.tool] } })
    const parked = await park(claw, report)
    const { body: seen } = await approve(claw, parked)
    await submitted(claw)
    const { callback_url: callback, ...asked } = JSON.parse(claw.sandbox.requests[0]?.body ?? '{}')
    const [, shown, secret] = /^(.*)([\w-]{43})$/.exec(callback) ?? []
    expect(shown).toBe(`${claw.url}/hooks/calls/${parked.callId}/`)
    expect(seen).toMatchObject({ preview: { body: { ...asked, callback_url: `${shown}•••` } }, state: 'approved' })
    const { body } = await claw.rest('POST', `/tools/${report.tool}/preview`, { body: { arguments: report.arguments } })
    const { callback_url: previewed, ...others } = Object(body.request).body
    expect(others).toEqual(asked)
    expect(previewed).toMatch(new RegExp(`^${claw.url}/hooks/calls/call_[0-9a-f]+/•••$`))
    expect((await fetch(callback, { method: 'POST' })).status).toBe(204)
    expect(claw.logged() + claw.answered()).not.toContain(secret)
  })

  test('that fails is a failure with the provider’s reason', async () => {
    await using claw = await startClawLink()
    claw.sandbox.store.refunds.length = 0
    const told = (await claw.call(report.tool, { about: 'refunds', seconds: 0 })).body as Told
    await submitted(claw)
    claw.clock.move(2_000)
    expect(await ended(claw, told)).toMatchObject({
      problem: {
        code: 'conflict',
        outcome: 'failed',
        detail: expect.stringContaining('There are no refunds to report.'),
        untrusted: true,
      },
    })
  })

  test('is asked about by another worker when the one that submitted it dies, and never submitted again', async () => {
    await using claw = await startClawLink(webOnly)
    const told = (await claw.call(report.tool, report.arguments)).body as Told
    const first = await startWorkerElsewhere(claw)
    await submitted(claw)
    await first[Symbol.asyncDispose]()
    claw.clock.move(leaseMs)
    await using _ = await startWorkerElsewhere(claw)
    expect(await ended(claw, told)).toMatchObject({ answer: { data: { status: 'done' } } })
    expect(claw.sandbox.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  test('that is canceled is not followed any longer, and its outcome is unknown', async () => {
    await using claw = await startClawLink()
    const told = (await claw.call(report.tool, report.arguments)).body as Told
    await submitted(claw)
    await claw.rest('POST', `/calls/${told.callId}/cancel`)
    expect(await ended(claw, told)).toMatchObject({ problem: { code: 'outcome_unknown', outcome: 'unknown' } })
  })

  test('that never ends is given up, as unknown, and a provider that is away for a while is asked again', async () => {
    await using claw = await startClawLink()
    const told = (await claw.call(report.tool, { about: 'payments', seconds: 3600 })).body as Told
    await submitted(claw)
    claw.sandbox.script({ kind: 'status', status: 503, times: 3, match: { method: 'GET' } })
    claw.clock.move(24 * 60 * 60 * 1000)
    expect(await ended(claw, told)).toMatchObject({ problem: { code: 'outcome_unknown' } })
  })
})
