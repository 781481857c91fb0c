import { sql } from 'kysely'
/** The record of calls: one row for each, before its answer is given. */
import { describe, expect, test } from 'vitest'
import { errorCatalogue } from '../../src/core/errors.ts'
import { newId } from '../../src/core/ids.ts'
import type { UsageRow } from '../../src/db/schema.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { signIn } from '../kit/member.ts'
import { park } from '../kit/parked.ts'
import { ask, type Surface, surfaces, usageOf } from '../kit/scenario.ts'
import { usageRow } from '../kit/usage-row.ts'
import { account, keyedWrite, letter, read, write } from './tools.ts'

/** Calls one after the other, a second apart, so that their order is known. Gives their ids, oldest first. */
async function callAll(claw: TestClawLink, tools: readonly [tool: string, args?: object][]): Promise<string[]> {
  const ids: string[] = []
  for (const [tool, args = {}] of tools) {
    ids.push(String((await claw.call(tool, { ...args })).body.callId))
    claw.clock.move(1000)
  }
  return ids
}

/** Rows as many calls would have left them, one a second; gives their ids, oldest first. */
async function leaveRows(
  claw: TestClawLink,
  count: number,
  of: (index: number) => Partial<UsageRow>,
): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) => {
    const at = claw.clock.now() + index * 1000
    return usageRow({
      call_id: newId('call', at),
      workspace_id: claw.app.workspaceId,
      started_at: at,
      tool: 'sandbox_whoami',
      ...of(index),
    })
  })
  await claw.app.db.write(async tx => {
    for (let at = 0; at < rows.length; at += 500) {
      await tx
        .insertInto('usage')
        .values(rows.slice(at, at + 500))
        .execute()
    }
  })
  claw.clock.move(count * 1000)
  return rows.map(row => row.call_id)
}

const items = async (claw: TestClawLink, query = '') =>
  (await claw.rest('GET', `/usage${query}`)).body.items as { callId: string }[] // as the OpenAPI document says

describe('one call leaves one row', () => {
  test.each(surfaces)('with every column of it (%s)', async surface => {
    await using claw = await startClawLink()
    const key = (await claw.rows('keys'))[0]
    const connection = (await claw.rows('connections'))[0]
    const { answer } = await ask(claw, surface, write)
    const answered = JSON.stringify(answer.data)
    expect(await claw.rows('usage')).toEqual([
      {
        call_id: answer.callId,
        workspace_id: claw.app.workspaceId,
        agent_id: key?.agent_id,
        key_id: key?.id,
        connection_id: connection?.id,
        provider: 'sandbox',
        tool: 'sandbox_send_message',
        effect: 'write',
        environment: 'live',
        surface,
        outcome: 'succeeded',
        code: '',
        provider_status: 201,
        attempts: 1,
        started_at: claw.clock.now(),
        duration_ms: 0,
        request_bytes: Buffer.byteLength(JSON.stringify(letter)),
        answer_bytes: Buffer.byteLength(answered),
      },
    ])
  })

  test.each(surfaces)('that is there when the answer is (%s)', async surface => {
    await using claw = await startClawLink()
    const other = await claw.otherProcess()
    for (const call of [read, write, keyedWrite, { tool: 'sandbox_nothing' }, { tool: 'sandbox_get_issue' }]) {
      const { answer } = await ask(claw, surface, call)
      const seen = await other.read.selectFrom('usage').select('outcome').where('call_id', '=', answer.callId).execute()
      expect(seen).toEqual([{ outcome: answer.outcome }])
    }
  })

  test('also for calls that come at once', async () => {
    await using claw = await startClawLink()
    const answers = await Promise.all(Array.from({ length: 50 }, () => claw.call('sandbox_whoami')))
    const rows = await usageOf(claw)
    expect(rows.map(row => row.call_id)).toEqual(answers.map(({ body }) => body.callId).toSorted())
    expect(new Set(rows.map(row => row.call_id)).size).toBe(50)
  })

  describe('or the caller gets no answer that the record does not know', () => {
    /** Calls while the record cannot be written, and shows what was answered. */
    async function callUnrecorded(claw: TestClawLink, surface: Surface, tool: string, args = {}) {
      const other = await claw.otherProcess()
      const rename = (from: string, to: string) => other.write(tx => tx.schema.alterTable(from).renameTo(to).execute())
      await rename('usage', 'usage_away')
      const answer =
        surface === 'rest'
          ? await claw.call(tool, args)
          : await claw.mcp('tools/call', { name: 'clawlink_call_tool', arguments: { tool, arguments: args } })
      await rename('usage_away', 'usage')
      expect(await claw.rows('usage')).toEqual([])
      expect((await claw.call('sandbox_whoami')).status).toBe(200)
      expect(await claw.rows('usage')).toHaveLength(1)
      return JSON.stringify(answer.body)
    }

    test.each(surfaces)('of a write, which may have happened (%s)', async surface => {
      await using claw = await startClawLink()
      const text = await callUnrecorded(claw, surface, 'sandbox_send_message', letter)
      expect(text).toContain('outcome_unknown')
      expect(text).not.toContain(letter.text)
      expect(claw.logged()).toContain('a call could not be recorded')
    })

    test.each(surfaces)('of a read, which may be repeated (%s)', async surface => {
      await using claw = await startClawLink()
      const text = await callUnrecorded(claw, surface, 'sandbox_whoami')
      expect(text).toMatch(/code\W+internal.*retryable\W+true/)
      expect(text).not.toContain(account.email)
      expect(claw.logged()).toContain('a call could not be recorded')
    })

    test.skipIf(process.env.CLAWLINK_TEST_DIALECT === 'postgres')(
      'and hears that the disk is full, where it is, until there is room again',
      async () => {
        await using claw = await startClawLink()
        const growTo = (pages: number) =>
          claw.app.db.write(tx => sql`pragma max_page_count = ${sql.lit(pages)}`.execute(tx))
        await growTo(1) // as large as it is
        const answers = [await claw.call('sandbox_whoami')]
        while (answers.at(-1)?.status === 200 && answers.length < 200) answers.push(await claw.call('sandbox_whoami'))
        expect(answers.at(-1)?.body).toMatchObject({
          code: 'internal',
          detail: expect.stringMatching(/disk .* is full/),
        })
        const sent = await claw.mcp('tools/call', {
          name: 'clawlink_call_tool',
          arguments: { tool: 'sandbox_whoami', arguments: {} },
        })
        expect(JSON.stringify(sent.body)).toMatch(/disk .* is full/)
        // A transaction, which SQLite ends by itself, and an upload, in whose middle there is no more room.
        const message = { to: 'tester', body: 'x'.repeat(50_000) }
        const transaction = await claw.rest('POST', '/relay/messages', { body: message })
        const upload = await claw.rest('POST', '/files', { raw: new Uint8Array(8 * 1024 * 1024) })
        for (const { status, text } of [transaction, upload]) {
          expect(text).toMatch(/disk .* is full/)
          expect(status).toBe(500)
        }
        await growTo(1_000_000)
        expect((await claw.call('sandbox_whoami')).status).toBe(200)
        expect(await claw.rows('usage')).toHaveLength(answers.length)
      },
    )
  })

  test('and a preview, a search, a description and a connection leave none', async () => {
    await using claw = await startClawLink()
    await claw.rest('POST', '/tools/sandbox_send_message/preview', { body: { arguments: letter } })
    await claw.rest('GET', '/tools?q=mail')
    await claw.rest('GET', '/tools/sandbox_send_message')
    await claw.rest('GET', '/connections')
    expect(await claw.rows('usage')).toEqual([])
  })
})

describe('the list of calls', () => {
  test('shows each call, newest first', async () => {
    await using claw = await startClawLink()
    const ids = await callAll(claw, [
      ['sandbox_whoami'],
      ['sandbox_send_message', letter],
      ['sandbox_nothing'],
      ['sandbox_get_issue'],
    ])
    const { body } = await claw.rest('GET', '/usage')
    expect(body.next).toBeNull()
    const [unknown, invalid] = (await items(claw)).slice(0, 2).toReversed()
    expect((await items(claw)).map(({ callId }) => callId)).toEqual(ids.toReversed())
    expect(unknown).toMatchObject({
      tool: 'sandbox_nothing',
      provider: null,
      effect: null,
      connectionId: null,
      providerStatus: null,
      code: 'tool_not_found',
      outcome: 'failed',
      attempts: 0,
    })
    expect(invalid).toMatchObject({ provider: 'sandbox', effect: 'read', connectionId: null, code: 'validation_error' })
    expect((await items(claw)).at(-1)).toMatchObject({
      tool: 'sandbox_whoami',
      outcome: 'succeeded',
      code: null,
      providerStatus: 200,
      surface: 'rest',
      startedAt: '2026-01-15T12:00:00.000Z',
      durationMs: 0,
    })
  })

  test('can be narrowed by tool, provider and outcome', async () => {
    await using claw = await startClawLink()
    const [who = '', sent = '', nothing = ''] = await callAll(claw, [
      ['sandbox_whoami'],
      ['sandbox_send_message', letter],
      ['sandbox_nothing'],
    ])
    claw.sandbox.script({ kind: 'close_after_read' })
    const [lost = ''] = await callAll(claw, [['sandbox_send_message', letter]])
    const of = async (query: string) => (await items(claw, query)).map(({ callId }) => callId)
    expect(await of('?tool=sandbox_send_message')).toEqual([lost, sent])
    expect(await of('?provider=sandbox')).toEqual([lost, sent, who])
    expect(await of('?provider=github')).toEqual([])
    expect(await of('?outcome=succeeded')).toEqual([sent, who])
    expect(await of('?outcome=failed')).toEqual([nothing])
    expect(await of('?outcome=unknown')).toEqual([lost])
    expect(await of('?tool=sandbox_send_message&outcome=succeeded')).toEqual([sent])
    expect(await of('?tool=sandbox_')).toEqual([])
    expect(await of('?tool=%25')).toEqual([])
  })

  test('can be narrowed by agent, connection and environment, each by what it is', async () => {
    await using claw = await startClawLink()
    const other = await claw.newKey({ agent: 'other', environment: 'test' })
    const second = await claw.connect({ label: 'second', secret: claw.sandbox.apiKey, environment: 'test' })
    const [mine = ''] = await callAll(claw, [['sandbox_whoami']])
    const theirs = await claw.rest('POST', '/tools/sandbox_whoami/calls', { key: other, body: {} })
    const member = await signIn(claw, { name: 'Ada' })
    const ids = async (query: string) => {
      const found = (await member.rest('GET', `/usage${query}`)).body.items as { callId: string }[] // as documented
      return found.map(({ callId }) => callId)
    }
    const [tester, otherAgent] = await usageOf(claw)
    const [testerId, otherId] = [tester?.agent_id, otherAgent?.agent_id]
    const connectionId = tester?.connection_id
    expect(await ids(`?agent=${testerId}`)).toEqual([mine])
    expect(await ids(`?agent=${otherId}`)).toEqual([theirs.body.callId])
    expect(await ids(`?connection=${second.id}`)).toEqual([theirs.body.callId])
    expect(await ids(`?connection=${connectionId}`)).toEqual([mine])
    expect(await ids('?environment=test')).toEqual([theirs.body.callId])
    expect(await ids('?environment=live')).toEqual([mine])
    expect(await ids(`?environment=live&agent=${otherId}`)).toEqual([])
    // A key sees its own agent's calls, whichever agent it names.
    expect(await items(claw, `?agent=${otherId}`)).toEqual([])
  })

  test('can be narrowed to a range of time: from one time on, before another', async () => {
    await using claw = await startClawLink()
    const start = claw.clock.now()
    const ids = await callAll(claw, Array(4).fill(['sandbox_whoami']))
    const at = (seconds: number) => encodeURIComponent(new Date(start + seconds * 1000).toISOString())
    const of = async (query: string) => (await items(claw, query)).map(({ callId }) => callId)
    expect(await of(`?since=${at(2)}`)).toEqual([ids[3], ids[2]])
    expect(await of(`?until=${at(2)}`)).toEqual([ids[1], ids[0]])
    expect(await of(`?since=${at(1)}&until=${at(3)}`)).toEqual([ids[2], ids[1]])
    expect(await of(`?since=${at(1)}&until=${at(3)}&next=${ids[2]}`)).toEqual([ids[1]])
    expect(await of('?since=0001-01-01T00:00:00Z')).toHaveLength(4)
    expect(await of(`?since=${encodeURIComponent('2026-01-15T14:00:03+02:00')}`)).toEqual([ids[3]])
    for (const wrong of ['yesterday', '2026-01-15', '1768478400000'])
      expect(await claw.rest('GET', `/usage?since=${wrong}`)).toMatchObject({ status: 400 })
  })

  test('names agent and connection, says what a code means, and which approval there was', async () => {
    await using claw = await startClawLink({ policy: 'standard' })
    const { callId, approvalId } = await park(claw)
    const member = await signIn(claw, { name: 'Ada' })
    await member.rest('POST', `/approvals/${approvalId}/deny`, {})
    const [denied] = await items(claw)
    expect(denied).toMatchObject({
      callId,
      agentName: 'tester',
      connectionLabel: expect.any(String),
      approvalId,
      code: 'approval_denied',
      problem: { title: errorCatalogue.approval_denied.title, fix: errorCatalogue.approval_denied.fix },
    })
    await callAll(claw, [['sandbox_whoami']])
    expect((await items(claw))[0]).toMatchObject({ agentName: 'tester', approvalId: null, problem: null })
  })

  test('keeps what is removed: a connection by its id', async () => {
    await using claw = await startClawLink()
    await callAll(claw, [['sandbox_whoami']])
    const [connection] = await claw.rows('connections')
    await claw.rest('DELETE', `/connections/${connection?.id}`)
    expect((await items(claw))[0]).toMatchObject({ connectionId: connection?.id, connectionLabel: null })
  })

  test('finds what is rare by looking further back page by page, each time through a bounded number of calls', async () => {
    await using claw = await startClawLink()
    const [rare] = await leaveRows(claw, 50_001, index => (index === 0 ? { tool: 'sandbox_rare' } : {}))
    const member = await signIn(claw, { name: 'Ada' })
    const first = (await member.rest('GET', '/usage?tool=sandbox_rare')).body
    expect(first).toMatchObject({ items: [], next: expect.any(String) })
    const second = (await member.rest('GET', `/usage?tool=sandbox_rare&next=${first.next}`)).body
    expect(second).toMatchObject({ items: [{ callId: rare }], next: null })
    const all = (await member.rest('GET', '/usage?tool=sandbox_whoami&limit=1')).body
    expect(all).toMatchObject({ items: [{}], next: expect.any(String) })
  })

  test.each([1, 2, 3, 7])('comes in pages of %i that hold every call once, also while calls are made', async limit => {
    await using claw = await startClawLink()
    const ids = await callAll(claw, Array(7).fill(['sandbox_whoami']))
    const seen: string[] = []
    let next: unknown = ''
    while (next !== null) {
      const { body } = await claw.rest('GET', `/usage?limit=${limit}${next ? `&next=${next}` : ''}`)
      const found = (body.items as { callId: string }[]).map(({ callId }) => callId) // as documented
      expect(found.length).toBeLessThanOrEqual(limit)
      seen.push(...found)
      next = body.next
      await callAll(claw, [['sandbox_whoami']])
    }
    expect(seen).toEqual(ids.toReversed())
  })

  test('keeps its filter from page to page when the caller does', async () => {
    await using claw = await startClawLink()
    await callAll(claw, Array(3).fill(['sandbox_whoami']))
    await callAll(claw, Array(3).fill(['sandbox_list_folders']))
    const first = await claw.rest('GET', '/usage?tool=sandbox_whoami&limit=2')
    const second = await claw.rest('GET', `/usage?tool=sandbox_whoami&limit=2&next=${first.body.next}`)
    expect([first.body.items, second.body.items]).toMatchObject([[{}, {}], [{}]])
    expect(second.body.next).toBeNull()
  })

  test('holds 50 calls on a page unless told, and 200 at most', async () => {
    await using claw = await startClawLink()
    const one = (await claw.call('sandbox_whoami')).body.callId
    const [row] = await usageOf(claw)
    if (!row) throw new Error('no row')
    for (let i = 0; i < 60; i++) {
      await claw.app.db.insert('usage', { ...row, call_id: `${one}${String(i).padStart(2, '0')}` })
    }
    expect(await items(claw)).toHaveLength(50)
    expect(await items(claw, '?limit=200')).toHaveLength(61)
  })
})

describe('the summary', () => {
  const summary = async (claw: TestClawLink, query = '') => (await claw.rest('GET', `/usage/summary${query}`)).body

  test('of no call says so', async () => {
    await using claw = await startClawLink()
    expect(await summary(claw)).toEqual({
      calls: 0,
      succeeded: 0,
      failed: 0,
      unknown: 0,
      p50Ms: null,
      p95Ms: null,
      reachesBackTo: null,
    })
  })

  test('counts what the same filter lists, and how long it took', async () => {
    await using claw = await startClawLink()
    const agent_id = String((await claw.rows('keys'))[0]?.agent_id)
    await leaveRows(claw, 100, index => ({
      agent_id,
      duration_ms: index + 1,
      ...(index % 10 === 0 && { outcome: 'failed', code: 'timeout' }),
      ...(index === 1 && { outcome: 'unknown', code: 'outcome_unknown' }),
    }))
    await leaveRows(claw, 3, () => ({ agent_id: 'agt_other', duration_ms: 60_000 }))
    expect(await summary(claw)).toEqual({
      calls: 100,
      succeeded: 89,
      failed: 10,
      unknown: 1,
      p50Ms: 50,
      p95Ms: 95,
      reachesBackTo: null,
    })
    expect(await summary(claw, '?outcome=failed')).toMatchObject({ calls: 10, succeeded: 0, p50Ms: 41, p95Ms: 91 })
    const member = await signIn(claw, { name: 'Ada' })
    expect((await member.rest('GET', '/usage/summary')).body).toMatchObject({ calls: 103, p95Ms: 98 })
  })

  test('is of the newest 10,000 calls in the range, and says how far back that is', async () => {
    await using claw = await startClawLink()
    const start = claw.clock.now()
    await leaveRows(claw, 10_002, index => ({ duration_ms: index < 2 ? 60_000 : 10 }))
    const member = await signIn(claw, { name: 'Ada' })
    const of = async (query: string) => (await member.rest('GET', `/usage/summary${query}`)).body
    const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()
    expect(await of('')).toMatchObject({ calls: 10_000, p95Ms: 10, reachesBackTo: at(2) })
    expect(await of(`?since=${at(2)}`)).toMatchObject({ calls: 10_000, reachesBackTo: null })
    expect(await of(`?until=${at(2)}`)).toMatchObject({ calls: 2, p50Ms: 60_000, reachesBackTo: null })
  })
})

describe('one call', () => {
  test('can be asked for by its id over REST and MCP, with the same answer', async () => {
    await using claw = await startClawLink()
    claw.sandbox.script({ kind: 'close_after_read' })
    const { body } = await claw.call('sandbox_send_message', letter)
    const told = await claw.rest('GET', `/calls/${body.callId}`)
    expect(told).toMatchObject({
      status: 200,
      body: { callId: body.callId, state: 'ended', usage: { outcome: 'unknown', code: 'outcome_unknown' } },
    })
    const { body: answer } = await claw.mcp('tools/call', {
      name: 'clawlink_get_call',
      arguments: { callId: body.callId },
    })
    expect(answer).toMatchObject({ result: { structuredContent: told.body } })
    expect((await items(claw))[0]).toEqual(told.body.usage)
  })

  test('that never was is not found', async () => {
    await using claw = await startClawLink()
    for (const id of [newId('call', 0), 'call_', 'x', '..%2fwhoami']) {
      expect(await claw.rest('GET', `/calls/${id}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
  })

  test('that has not ended is not found yet', async () => {
    await using claw = await startClawLink()
    claw.sandbox.script({ kind: 'hang' })
    const calling = claw.call('sandbox_whoami')
    await claw.sandbox.received(1)
    expect(await items(claw)).toEqual([])
    claw.clock.move(claw.app.config.callTimeoutMs)
    const { body } = await calling
    expect((await claw.rest('GET', `/calls/${body.callId}`)).body).toMatchObject({
      state: 'ended',
      usage: { durationMs: 30_000, code: 'timeout' },
    })
  })
})
