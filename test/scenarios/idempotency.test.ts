/** Calls under a key of their caller: the same call has one answer, and is sent once, over REST and over MCP alike. */
import { describe, expect, test } from 'vitest'
import { admitted, knownKey } from '../../src/accounts/authenticate.ts'
import { hashKey } from '../../src/accounts/key.ts'
import type { AgentPrincipal } from '../../src/accounts/principal.ts'
import { callTool } from '../../src/calls/call-tool.ts'
import { holdKey } from '../../src/calls/idempotency/key-rows.ts'
import { endTopic } from '../../src/calls/parked.ts'
import { Fault } from '../../src/core/errors.ts'
import { leaseMs } from '../../src/jobs/lease.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { legacy } from '../kit/mcp-messages.ts'
import { approve, progress, refund, startWithMember } from '../kit/parked.ts'
import { everythingOf, writtenForms } from '../kit/scan.ts'
import { sentOf, usageOf } from '../kit/scenario.ts'
import { mortalApp } from '../simulation/mortal-app.ts'
import { keyedWrite, letter, read, repeatableWrite, write } from './tools.ts'

const hourMs = 60 * 60 * 1000

type Wish = { tool: string; args?: object; connection?: string }
type Told = { callId: string; outcome: string; code?: string; replayed?: true; data?: unknown; [more: string]: unknown }
type Ask = (claw: TestClawLink, key: string, wish: Wish, by?: string) => Promise<Told>

async function overRest(claw: TestClawLink, key: string, { tool, args = {}, connection }: Wish, by?: string) {
  const { body, headers } = await claw.rest('POST', `/tools/${tool}/calls`, {
    body: { arguments: args, ...(connection && { connection }) },
    headers: { 'idempotency-key': key },
    ...(by && { key: by }),
  })
  expect(headers.get('idempotency-replayed')).toBe(body.replayed ? 'true' : null)
  return body as Told // as the OpenAPI document says
}

async function overMcp(claw: TestClawLink, key: string, { tool, args = {}, connection }: Wish, by?: string) {
  const wish = { tool, arguments: args, idempotencyKey: key, ...(connection && { connection }) }
  const asked = { name: 'clawlink_call_tool', arguments: wish }
  const { body } = await claw.mcp('tools/call', asked, by ? { authorization: `Bearer ${by}` } : {})
  const { error, ...told } = Object(Object(body.result).structuredContent)
  return { ...told, ...error } as Told // as tool-result.ts writes it
}

/** As overMcp, where a provider's tools are listed one by one. */
async function overProvider(claw: TestClawLink, key: unknown, { tool, args = {} }: Wish) {
  const { headers, body } = legacy('tools/call', { name: tool, arguments: { ...args, idempotencyKey: key } })
  const signed = { ...headers, authorization: `Bearer ${claw.key}` }
  const { text } = await claw.http({ method: 'POST', path: '/mcp?provider=sandbox', headers: signed, body })
  const { error, ...told } = JSON.parse(text).result.structuredContent
  return { ...told, ...error } as Told // as tool-result.ts writes it
}

const keyed = { idempotencyKey: 'k', surface: 'rest' } as const

/** Who the key of the tests is. */
async function tester({ app, clock }: TestClawLink): Promise<AgentPrincipal> {
  const key = await app.db.read.selectFrom('keys').selectAll().executeTakeFirstOrThrow()
  const principal = admitted(knownKey(key), clock.now())
  if (principal instanceof Fault) throw new Error(principal.message)
  return principal
}

const asks: Record<string, Ask> = { rest: overRest, mcp: overMcp }
const sent = (claw: TestClawLink) => claw.sandbox.requests.map(sentOf)

test('a tool that is listed by itself takes the key as an argument, where it changes something', async () => {
  await using claw = await startClawLink()
  const first = await overProvider(claw, 'k', write)
  expect(first).toMatchObject({ outcome: 'succeeded' })
  expect(await overProvider(claw, 'k', write)).toEqual({ ...first, replayed: true })
  expect(await overMcp(claw, 'k', write)).toEqual({ ...first, replayed: true })
  for (const bad of ['no\nkey', 1])
    expect(await overProvider(claw, bad, write)).toMatchObject({
      code: 'validation_error',
      invalidFields: [{ field: 'idempotencyKey' }],
    })
  expect(await overProvider(claw, 'k', read)).toMatchObject({ code: 'validation_error' })
  expect(sent(claw)).toEqual(write.sent)
  // Some programs fill in what they leave blank.
  expect(await overProvider(claw, '', write)).toMatchObject({ outcome: 'succeeded' })
})

describe.each(Object.entries(asks))('over %s', (_, ask) => {
  test('the same call under the same key is sent once and has one answer, marked as replayed', async () => {
    await using claw = await startClawLink()
    const first = await ask(claw, 'k', write)
    expect(first).toMatchObject({ outcome: 'succeeded' })
    expect(first).not.toHaveProperty('replayed')
    for (let again = 0; again < 3; again++) expect(await ask(claw, 'k', write)).toEqual({ ...first, replayed: true })
    expect(sent(claw)).toEqual(write.sent)
    expect(await usageOf(claw)).toHaveLength(1)
  })

  test('other arguments, another account or another tool under the key are refused, and nothing is sent', async () => {
    await using claw = await startClawLink()
    await ask(claw, 'k', write)
    const others: Wish[] = [
      { tool: write.tool, args: { ...letter, subject: 'Other' } },
      { ...write, connection: 'elsewhere' },
      { tool: read.tool, args: read.args },
    ]
    for (const other of others)
      expect(await ask(claw, 'k', other)).toMatchObject({ outcome: 'failed', code: 'idempotency_conflict' })
    expect(sent(claw)).toEqual(write.sent)
    expect((await usageOf(claw)).map(({ code }) => code)).toEqual(['', ...Array(3).fill('idempotency_conflict')])
  })

  test('another key, and the same key of another agent, are other calls; another key of the same agent is not', async () => {
    await using claw = await startClawLink()
    const first = await ask(claw, 'k', write)
    const stranger = await claw.newKey({ agent: 'stranger' })
    const sibling = await claw.newKey({ agent: 'tester' })
    expect((await ask(claw, 'other', write)).callId).not.toBe(first.callId)
    expect((await ask(claw, 'k', write, stranger)).callId).not.toBe(first.callId)
    expect(await ask(claw, 'k', write, sibling)).toEqual({ ...first, replayed: true })
    expect(sent(claw)).toHaveLength(3)
  })

  test('what the provider refused, and what nobody knows, stays as it was said', async () => {
    await using claw = await startClawLink()
    const missing = { tool: 'sandbox_get_issue', args: { project: 'website', number: 99_999 } }
    const refused = await ask(claw, 'refused', missing)
    expect(refused).toMatchObject({ outcome: 'failed', code: 'not_found', untrusted: true })
    expect(await ask(claw, 'refused', missing)).toEqual({ ...refused, replayed: true })
    claw.sandbox.script({ kind: 'close_after_read' })
    const lost = await ask(claw, 'lost', write)
    expect(lost).toMatchObject({ outcome: 'unknown', code: 'outcome_unknown' })
    expect(await ask(claw, 'lost', write)).toEqual({ ...lost, replayed: true })
    expect(sent(claw)).toHaveLength(2)
  })

  test('what was refused before anything was sent leaves the key free', async () => {
    await using claw = await startClawLink({ connected: false })
    expect(await ask(claw, 'k', write)).toMatchObject({ outcome: 'failed', code: 'not_connected' })
    await claw.connect()
    claw.clock.move(1000) // connections are remembered for a second
    expect(await ask(claw, 'k', write)).toMatchObject({ outcome: 'succeeded' })
  })

  test('ten at the same moment are one call', async () => {
    await using claw = await startClawLink()
    const all = await Promise.all(Array.from({ length: 10 }, () => ask(claw, 'k', write)))
    expect(new Set(all.map(({ callId }) => callId)).size).toBe(1)
    expect(all.map(({ outcome }) => outcome)).toEqual(Array(10).fill('succeeded'))
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(sent(claw)).toEqual(write.sent)
    expect(await usageOf(claw)).toHaveLength(1)
  })

  test('a call that has to be approved is asked about once, and its key then has its answer', async () => {
    await using claw = await startWithMember()
    const wish = { tool: refund.tool, args: refund.arguments }
    await ask(claw, 'another', { ...wish, args: { ...wish.args, amount: 3 } })
    const first = await ask(claw, 'k', wish)
    const again = await ask(claw, 'k', wish)
    expect(first.callId).toMatch(/^call_/)
    expect(again).toEqual({ ...first, replayed: true })
    expect(await ask(claw, 'k', { ...wish, args: { ...wish.args, amount: 2 } })).toMatchObject({
      code: 'idempotency_conflict',
    })
    const parked = { ...first, approvalId: String(first.approvalId), link: '', expiresAt: '' }
    await approve(claw, parked)
    expect(await progress(claw, parked)).toMatchObject({ state: 'ended' })
    const ended = await ask(claw, 'k', wish)
    expect(ended).toMatchObject({ callId: first.callId, outcome: 'succeeded', replayed: true })
    claw.clock.move(23 * hourMs)
    expect(await ask(claw, 'k', wish)).toEqual(ended)
    expect(sent(claw)).toEqual([refund.sent])
  })
})

describe('a failure that may be over later is not kept: the next call under the key really tries', () => {
  test('a rate limit', async () => {
    await using claw = await startClawLink()
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: 60 })
    const limited = await overRest(claw, 'k', write)
    expect(limited).toMatchObject({ outcome: 'failed', code: 'rate_limited' })
    const queued = await overRest(claw, 'k', write)
    expect(queued).toMatchObject({ outcome: 'parked', code: 'queued' })
    expect(queued.callId).not.toBe(limited.callId)
    claw.clock.move(60_000)
    await expect
      .poll(() => overRest(claw, 'k', write))
      .toMatchObject({ callId: queued.callId, outcome: 'succeeded', replayed: true })
    expect(sent(claw)).toHaveLength(2)
  })

  test('a credential that the provider refuses, once a person has put it right', async () => {
    await using claw = await startClawLink()
    const fault = { code: 'unauthorized', message: 'No.' }
    claw.sandbox.script({ kind: 'status', status: 401, body: { error: fault } })
    expect(await overRest(claw, 'k', write)).toMatchObject({ code: 'authentication_failed' })
    expect(await overRest(claw, 'k', write)).toMatchObject({ outcome: 'succeeded' })
  })
})

describe('a call that still runs', () => {
  /** Begins a write that hangs at the provider for as long as the clock stands still. */
  async function begin(claw: TestClawLink): Promise<{ callId: string; ending: Promise<Told> }> {
    claw.sandbox.script({ kind: 'hang', applied: false })
    const ending = overRest(claw, 'k', write)
    await claw.sandbox.received(1)
    const [row] = await claw.app.db.read.selectFrom('idempotency_keys').select('call_id').execute()
    return { callId: row?.call_id ?? '', ending }
  }

  /** Lets the time go by until this is there. */
  function inTime<T>(claw: TestClawLink, waiting: Promise<T>): Promise<T> {
    const moving = setInterval(() => claw.clock.move(500), 2)
    return waiting.finally(() => clearInterval(moving))
  }

  test('is waited for up to 30 seconds; then its id is given', async () => {
    await using claw = await startClawLink({ config: { callTimeoutMs: 120_000 } })
    const { callId, ending } = await begin(claw)
    const startedAt = claw.clock.now()
    const told = await inTime(claw, overRest(claw, 'k', write))
    expect(told).toMatchObject({ status: 409, code: 'in_progress', retryable: true, callId })
    expect(claw.clock.now() - startedAt).toBeGreaterThanOrEqual(30_000)
    expect((await claw.rest('GET', `/calls/${callId}`)).body).toMatchObject({ callId, state: 'running' })
    expect(await inTime(claw, ending)).toMatchObject({ callId, outcome: 'unknown' })
    expect(sent(claw)).toEqual(write.sent)
  })

  test('is waited for at one of its agent’s places, for as long as anybody does; without a place its id is given at once', async () => {
    await using claw = await startClawLink({ config: { callTimeoutMs: 120_000 } })
    const { callId, ending } = await begin(claw)
    const { agentId } = await tester(claw)
    const places = Array.from({ length: 99 }, () => claw.app.places.take(agentId))
    const isFull = () => {
      const place = claw.app.places.take(agentId)
      if (place instanceof Fault) return true
      place.leave()
      return false
    }
    const gone = new AbortController()
    const headers = { authorization: `Bearer ${claw.key}`, 'idempotency-key': 'k' }
    const wish = { method: 'POST', headers, body: JSON.stringify({ arguments: write.args }), signal: gone.signal }
    const waiting = fetch(`${claw.url}/api/v1/tools/${write.tool}/calls`, wish).catch(() => 'gone')
    await expect.poll(isFull, { interval: 5 }).toBe(true)
    expect(await overRest(claw, 'k', write)).toMatchObject({ code: 'in_progress', callId })
    gone.abort()
    const left = async () => {
      claw.clock.move(40)
      return isFull()
    }
    await expect.poll(left, { interval: 5 }).toBe(false)
    expect(await waiting).toBe('gone')
    for (const place of places) if (!(place instanceof Fault)) place.leave()
    await inTime(claw, ending)
  })

  test('is nobody else’s for as long as its process lives, however long it takes', async () => {
    await using claw = await startClawLink({ config: { callTimeoutMs: 600_000 } })
    const { callId, ending } = await begin(claw)
    const rows = claw.app.db.read.selectFrom('idempotency_keys').selectAll()
    const { id, ...held } = await rows.executeTakeFirstOrThrow()
    await holdKey(claw.app, { id, digest: held.digest, owner: 'a run that was overtaken' }, 0)
    expect(await rows.execute()).toEqual([{ id, ...held }])
    for (let passed = 0; passed < 4 * leaseMs; passed += leaseMs / 6) {
      claw.clock.move(leaseMs / 6)
      await claw.rest('GET', '/health') // a turn for what the clock has begun
    }
    expect(await inTime(claw, overRest(claw, 'k', write))).toMatchObject({ code: 'in_progress', callId })
    expect(await inTime(claw, ending)).toMatchObject({ outcome: 'unknown' })
  })

  test('is told to nobody whose own key is revoked while they wait for it', async () => {
    await using claw = await startClawLink()
    const other = await claw.newKey()
    const { callId, ending } = await begin(claw)
    const waiting = overRest(claw, 'k', write, other)
    await expect.poll(() => claw.app.wakes.listenerCount(endTopic(callId))).toBe(1)
    await claw.app.db.write(tx =>
      tx.updateTable('keys').set({ revoked_at: claw.clock.now() }).where('hash', '=', hashKey(other)).execute(),
    )
    expect(await inTime(claw, ending)).toMatchObject({ callId, outcome: 'unknown' })
    const told = await inTime(claw, waiting)
    expect(told).toMatchObject({ outcome: 'failed', code: 'unauthorized' })
    expect(told.callId).not.toBe(callId)
    expect(sent(claw)).toEqual(write.sent)
  })

  test('of another process is waited for too', async () => {
    await using claw = await startClawLink()
    const other = await mortalApp(claw.app, undefined)
    const elsewhere = callTool(other.app, await tester(claw), { ...keyed, tool: write.tool, arguments: { ...letter } })
    const [here, there] = await inTime(claw, Promise.all([overRest(claw, 'k', write), elsewhere]))
    expect([here.callId, here.outcome]).toEqual([there.id, there.outcome.kind])
    expect([here.replayed, there.replayed].filter(Boolean)).toEqual([true])
    expect(sent(claw)).toEqual(write.sent)
  })
})

describe('a call whose process died while it may have been sent', () => {
  /** Dies before the request goes out or after, in any case before its answer is recorded. */
  async function die(claw: TestClawLink, { tool, args }: { tool: string; args: Record<string, unknown> }, step = 1) {
    const { app, dead } = await mortalApp(claw.app, { step, side: 'before' })
    await callTool(app, await tester(claw), { ...keyed, tool, arguments: args }).catch(() => {})
    expect(dead()).toBe(true)
    const { call_id } = await claw.app.db.read
      .selectFrom('idempotency_keys')
      .select('call_id')
      .executeTakeFirstOrThrow()
    claw.clock.move(leaseMs)
    return call_id
  }

  test.each([1, 2])('is unknown for good where it might happen twice (death %i)', async step => {
    await using claw = await startClawLink()
    const callId = await die(claw, write, step)
    const told = await overRest(claw, 'k', write)
    expect(told).toMatchObject({ callId, outcome: 'unknown', code: 'outcome_unknown' })
    expect(await overRest(claw, 'k', write)).toEqual({ ...told, replayed: true })
    expect(sent(claw)).toHaveLength(step - 1)
    expect(await usageOf(claw)).toMatchObject([{ call_id: callId, outcome: 'unknown', code: 'outcome_unknown' }])
  })

  test.each([read, repeatableWrite])('is made again under its own id where that is harmless: $tool', async wish => {
    await using claw = await startClawLink()
    const callId = await die(claw, wish, 2)
    const told = await overRest(claw, 'k', wish)
    expect(told).toMatchObject({ callId, outcome: 'succeeded' })
    expect(await overRest(claw, 'k', wish)).toEqual({ ...told, replayed: true })
    expect(sent(claw)).toEqual([...wish.sent, ...wish.sent])
    expect(await usageOf(claw)).toMatchObject([{ call_id: callId, outcome: 'succeeded' }])
  })

  test('is sent again under the same key where the provider honours that, and happens once', async () => {
    await using claw = await startClawLink()
    const before = claw.sandbox.store.payments.length
    const callId = await die(claw, keyedWrite, 2)
    expect(await overRest(claw, 'k', keyedWrite)).toMatchObject({ callId, outcome: 'succeeded' })
    expect(claw.sandbox.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([callId, callId])
    expect(claw.sandbox.store.payments).toHaveLength(before + 1)
  })

  test('is not sent again on another account, nor where a member has to approve it by now', async () => {
    for (const change of ['account', 'rule']) {
      await using claw = await startWithMember()
      const callId = await die(claw, keyedWrite, 2)
      if (change === 'account')
        await claw.connect({ secret: claw.sandbox.accounts[1].apiKey, makeDefault: true, label: 'two' })
      else await claw.ada.rest('POST', '/rules', { name: 'Ask', decision: 'ask', match: { effects: ['write'] } })
      claw.clock.move(1000) // what is remembered for a second
      claw.sandbox.takeRequests()
      expect(await overRest(claw, 'k', keyedWrite)).toMatchObject({ callId, outcome: 'unknown' })
      expect(sent(claw)).toEqual([])
    }
  })

  test('waits as it is while the account is to be left alone', async () => {
    await using claw = await startClawLink()
    const callId = await die(claw, keyedWrite, 2)
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: 60 })
    expect(await overRest(claw, 'other', keyedWrite)).toMatchObject({ code: 'rate_limited' })
    expect(await overRest(claw, 'k', keyedWrite)).toMatchObject({ callId, code: 'queued', outcome: 'parked' })
    claw.clock.move(60_000)
    expect(await overRest(claw, 'k', keyedWrite)).toMatchObject({ callId, outcome: 'succeeded' })
  })

  test('is ended without its caller after an hour', async () => {
    await using claw = await startClawLink()
    const callId = await die(claw, write, 2)
    claw.clock.move(2 * hourMs)
    await expect
      .poll(async () => (await claw.rest('GET', `/calls/${callId}`)).body)
      .toMatchObject({
        state: 'ended',
        problem: { outcome: 'unknown', code: 'outcome_unknown' },
      })
    expect(await overRest(claw, 'k', write)).toMatchObject({ callId, outcome: 'unknown', replayed: true })
  })
})

describe('what is kept', () => {
  test('of one call ends with that, and what is kept of others stays', async () => {
    await using claw = await startWithMember()
    const parked = await overRest(claw, 'parked', { tool: refund.tool, args: refund.arguments })
    const done = await overRest(claw, 'done', write)
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: 60 })
    expect(await overRest(claw, 'failed', write)).toMatchObject({ code: 'rate_limited' })
    const { read } = claw.app.db
    const keys = read.selectFrom('idempotency_keys').select(['call_id', 'expires_at']).orderBy('call_id')
    const dayOver = claw.clock.now() + 24 * hourMs
    expect(await keys.execute()).toEqual([
      { call_id: parked.callId, expires_at: null },
      { call_id: done.callId, expires_at: dayOver },
    ])
    const seals = read.selectFrom('seals').select('expires_at').where('id', '=', parked.callId)
    expect(await seals.execute()).toEqual([{ expires_at: null }])
  })

  test('is for a day; then the key is a new one, and nothing is left of the old call but its record', async () => {
    await using claw = await startClawLink()
    const first = await overRest(claw, 'k', write)
    claw.clock.move(24 * hourMs - 1)
    expect(await overRest(claw, 'k', write)).toMatchObject({ callId: first.callId, replayed: true })
    claw.clock.move(hourMs)
    const left = async () =>
      Promise.all(
        (['idempotency_keys', 'calls', 'seals'] as const).map(t =>
          claw.app.db.read.selectFrom(t).selectAll().execute(),
        ),
      )
    await expect.poll(left).toEqual([[], [], []])
    const second = await overRest(claw, 'k', write)
    expect(second).not.toHaveProperty('replayed')
    expect(second.callId).not.toBe(first.callId)
    expect(await usageOf(claw)).toHaveLength(2)
  })

  test('is no key, no argument and no answer that could be read, wherever one looks', async () => {
    await using claw = await startClawLink()
    const key = 'a-key-that-says-something'
    const subject = 'A subject to look for'
    const { data } = await overRest(claw, key, { tool: write.tool, args: { ...letter, subject } })
    await overRest(claw, key, { tool: write.tool, args: { ...letter, subject: 'Other' } })
    const { id } = data as { id: string } // as the sandbox answers it
    const places = await everythingOf(claw)
    places.delete('the answers')
    for (const text of [key, subject, id])
      for (const form of writtenForms(text))
        for (const [place, found] of places) expect(found.includes(form), `${text} in ${place}`).toBe(false)
  })

  test('is nothing for a call without a key, and a preview looks at no key', async () => {
    await using claw = await startClawLink()
    await claw.call(write.tool, write.args)
    const { body } = await claw.rest('POST', `/tools/${write.tool}/preview`, {
      body: { arguments: write.args },
      headers: { 'idempotency-key': 'k' },
    })
    expect(body).toMatchObject({ tool: write.tool })
    for (const table of ['idempotency_keys', 'calls', 'seals'] as const)
      expect(await claw.app.db.read.selectFrom(table).selectAll().execute()).toEqual([])
  })
})
