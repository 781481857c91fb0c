/** Calls that a member has to approve: asked, shown, decided once, sent once. */
import { describe, expect, test } from 'vitest'
import { expireApproval } from '../../src/calls/approvals/expire-approval.ts'
import { newId } from '../../src/core/ids.ts'
import { signIn } from '../kit/member.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { approve, type Parked, park, progress, refund, removal, sent, startWithMember } from '../kit/parked.ts'
import { usageOf } from '../kit/scenario.ts'

const hourMs = 60 * 60 * 1000

describe('a call that needs approval', () => {
  test('is parked: the agent gets a link and an id, and nothing is sent or recorded yet', async () => {
    await using claw = await startWithMember()
    const { status, body } = await claw.call(refund.tool, refund.arguments)
    expect({ status, body }).toMatchObject({
      status: 202,
      body: {
        code: 'approval_required',
        outcome: 'parked',
        retryable: false,
        link: `${claw.url}/approvals/${body.approvalId}`,
        expiresAt: new Date(claw.clock.now() + 24 * hourMs).toISOString(),
      },
    })
    const told = await claw.rest('GET', `/calls/${body.callId}`)
    expect(told.body).toEqual({
      callId: body.callId,
      state: 'parked',
      approval: { id: body.approvalId, link: body.link, expiresAt: body.expiresAt },
      tool: refund.tool,
      connection: expect.stringMatching(/^conn_/),
      agent: expect.stringMatching(/^agt_/),
      startedAt: new Date(claw.clock.now()).toISOString(),
    })
    expect(sent(claw)).toEqual([])
    expect(await usageOf(claw)).toEqual([])
  })

  test('is sent exactly once when a member approves it, and the agent gets the answer', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    const waiting = progress(claw, parked)
    expect(await approve(claw, parked)).toMatchObject({ status: 200, body: { state: 'approved', decidedBy: 'Ada' } })
    expect(await waiting).toMatchObject({
      state: 'ended',
      answer: { callId: parked.callId, outcome: 'succeeded', tool: refund.tool, untrusted: true },
      usage: { outcome: 'succeeded', attempts: 1, providerStatus: 201 },
    })
    expect(sent(claw)).toEqual([refund.sent])
    expect(await usageOf(claw)).toMatchObject([{ call_id: parked.callId, outcome: 'succeeded', surface: 'rest' }])
    await claw.stopServing()
    const { read } = await claw.otherProcess()
    expect(await read.selectFrom('jobs').select('id').where('kind', '=', 'resume_call').execute()).toEqual([])
  })

  test('can be the same over MCP: a plain result, then clawlink_get_call', async () => {
    await using claw = await startWithMember()
    const call = async (name: string, args: object) => {
      const { body } = await claw.mcp('tools/call', { name, arguments: args })
      return body.result as { structuredContent: Parked & Record<string, unknown>; isError?: boolean } // 2025-11-25
    }
    const told = await call('clawlink_call_tool', { ...refund, sent: undefined, why: 'She asked for it.' })
    expect(told.isError ?? false).toBe(false)
    const { callId, approvalId, link } = told.structuredContent
    expect(told.structuredContent).toMatchObject({ outcome: 'parked', status: 'approval_required' })
    expect(told.structuredContent.fix).toContain('clawlink_get_call')
    expect(link).toBe(`${claw.url}/approvals/${approvalId}`)
    expect((await call('clawlink_get_call', { callId })).structuredContent).toMatchObject({ state: 'parked' })
    const waiting = call('clawlink_get_call', { callId, wait: 60 })
    await approve(claw, told.structuredContent)
    expect((await waiting).structuredContent).toMatchObject({ state: 'ended', answer: { outcome: 'succeeded' } })
    expect(sent(claw)).toEqual([refund.sent])
  })

  test('asked again while it waits is the same call, and not another one’s', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    const again = await Promise.all(Array.from({ length: 10 }, () => park(claw)))
    for (const one of again) expect(one).toEqual(parked)
    const other = await park(claw, { ...refund, arguments: { ...refund.arguments, amount: 2 } })
    const foreign = await park(claw, { ...refund, key: await claw.newKey({ agent: 'another' }) })
    expect(new Set([parked, other, foreign].map(({ callId }) => callId)).size).toBe(3)
    expect(await claw.app.db.read.selectFrom('approvals').select('id').execute()).toHaveLength(3)
    await approve(claw, parked)
    await progress(claw, parked)
    expect((await park(claw)).callId).not.toBe(parked.callId)
  })

  test('asked for many times at once for the first time is one', async () => {
    await using claw = await startWithMember()
    const told = await Promise.all(Array.from({ length: 20 }, () => park(claw)))
    expect(new Set(told.map(({ callId }) => callId)).size).toBe(1)
  })

  test('is one of at most 100 of its agent', async () => {
    await using claw = await startWithMember()
    for (let amount = 1; amount <= 100; amount++)
      await park(claw, { ...refund, arguments: { ...refund.arguments, amount } })
    const { status, body } = await claw.call(refund.tool, { ...refund.arguments, amount: 101 })
    expect({ status, body }).toMatchObject({ status: 429, body: { code: 'quota_exceeded', outcome: 'failed' } })
    await park(claw, { ...refund, key: await claw.newKey({ agent: 'another' }) })
  })
})

describe('what a member sees', () => {
  test('is the exact request, the account, who asks and why, with the credential masked', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw, { ...refund, why: '  Paid\u202e twice.\nSee the ticket. ' })
    const { body } = await claw.ada.rest('GET', `/approvals/${parked.approvalId}`)
    expect(body).toMatchObject({
      id: parked.approvalId,
      callId: parked.callId,
      state: 'pending',
      tool: refund.tool,
      effect: 'destructive',
      agent: { name: 'tester' },
      connection: { account: expect.stringMatching(/./) },
      why: 'Paid twice. See the ticket.',
      rule: null,
      decidedBy: null,
      word: null,
      arguments: refund.arguments,
      preview: {
        method: 'POST',
        url: `${claw.sandbox.url}${refund.sent[0]?.toString().slice(5)}`,
        body: { amount: 1 },
      },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(JSON.stringify(body)).toContain('•••')
    expect(JSON.stringify(body)).not.toContain(claw.sandbox.apiKey)
    const list = await claw.ada.rest('GET', '/approvals')
    expect(list.body).toMatchObject({ items: [{ id: parked.approvalId }], next: null })
  })

  test('is a list of what waits, oldest first, and of all there was, newest first, in pages', async () => {
    await using claw = await startWithMember()
    const all: string[] = []
    for (let amount = 1; amount <= 5; amount++) {
      claw.clock.move(1000)
      all.push((await park(claw, { ...refund, arguments: { ...refund.arguments, amount } })).approvalId)
    }
    await claw.ada.rest('POST', `/approvals/${all[0]}/deny`, {})
    const read = async (query: string) => {
      const { body } = await claw.ada.rest('GET', `/approvals?${query}`)
      return { ids: (body.items as { id: string }[]).map(({ id }) => id), next: body.next } // as documented
    }
    expect((await read('')).ids).toEqual(all.slice(1))
    expect((await read('state=all')).ids).toEqual(all.toReversed())
    const first = await read('state=all&limit=3')
    expect((await read(`state=all&limit=3&next=${first.next}`)).ids).toEqual(all.slice(0, 2).toReversed())
  })
})

describe('a decision', () => {
  test('is made once: of two members at the same time one decides, and the other learns who', async () => {
    await using claw = await startWithMember()
    const bo = await signIn(claw, { name: 'Bo' })
    for (let amount = 1; amount <= 10; amount++) {
      const parked = await park(claw, { ...refund, arguments: { ...refund.arguments, amount } })
      const [ada, other] = await Promise.all([
        approve(claw, parked),
        bo.rest(
          'POST',
          `/approvals/${parked.approvalId}/${amount % 2 ? 'approve' : 'deny'}`,
          amount % 2 ? { for: 'once' } : {},
        ),
      ])
      expect([ada.status, other.status].toSorted()).toEqual([200, 409])
      const [won, lost] = ada.status === 200 ? [ada, other] : [other, ada]
      expect(lost.body).toMatchObject({ code: 'conflict', detail: expect.stringContaining(String(won.body.decidedBy)) })
      await progress(claw, parked)
      expect(claw.sandbox.takeRequests().length).toBe(won.body.state === 'approved' ? 1 : 0)
    }
  })

  test('to deny ends the call with the member’s word, and is not asked about again', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    const waiting = progress(claw, parked)
    const denied = await claw.ada.rest('POST', `/approvals/${parked.approvalId}/deny`, { word: 'Ask the bank first.' })
    expect(denied).toMatchObject({ status: 200, body: { state: 'denied', word: 'Ask the bank first.' } })
    expect(await waiting).toMatchObject({
      state: 'ended',
      problem: { code: 'approval_denied', outcome: 'failed', detail: expect.stringContaining('Ask the bank first.') },
      usage: { outcome: 'failed', code: 'approval_denied', attempts: 0, tool: refund.tool },
    })
    expect(await approve(claw, parked)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(sent(claw)).toEqual([])
    expect(await usageOf(claw)).toMatchObject([{ call_id: parked.callId, provider: 'sandbox', effect: 'destructive' }])
  })

  test('stands in the audit record, with what it was about', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    await approve(claw, parked)
    const [row] = await claw.app.db.read
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'approval.approved')
      .execute()
    expect(row).toMatchObject({ actor_id: claw.ada.id, target: parked.approvalId })
    expect(JSON.parse(row?.details ?? '{}')).toMatchObject({ tool: refund.tool, call: parked.callId, for: 'once' })
  })

  test('is not an agent’s to make: a key is refused, whatever its scope', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    for (const path of ['approve', 'deny']) {
      const answer = await claw.rest('POST', `/approvals/${parked.approvalId}/${path}`, { body: { for: 'once' } })
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    expect(await claw.rest('GET', '/approvals')).toMatchObject({ status: 403 })
    const nobody = await claw.rest('GET', `/approvals/${parked.approvalId}`, { key: null })
    expect(nobody).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    expect(await progress(claw, parked, 0)).toMatchObject({ state: 'parked' })
    expect(sent(claw)).toEqual([])
  })

  test('is not another workspace’s to make, nor to see', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    const theirs = await otherWorkspace(claw)
    const stranger = await signIn(claw, { name: 'Eve', role: 'owner', workspaceId: theirs.workspaceId })
    const path = `/approvals/${parked.approvalId}`
    expect(await stranger.rest('GET', path)).toMatchObject({ status: 404 })
    expect(await stranger.rest('POST', `${path}/approve`, { for: 'once' })).toMatchObject({ status: 404 })
    expect(await stranger.rest('POST', `${path}/deny`, {})).toMatchObject({ status: 404 })
    expect((await stranger.rest('GET', '/approvals?state=all')).body.items).toEqual([])
    expect(await stranger.rest('GET', `/calls/${parked.callId}`)).toMatchObject({ status: 404 })
    for (const key of [theirs.key, await claw.newKey({ agent: 'another' })]) {
      expect(await claw.rest('GET', `/calls/${parked.callId}`, { key })).toMatchObject({ status: 404 })
    }
  })

  test('comes too late when nobody made it in time: the call has ended', async () => {
    await using claw = await startWithMember({ config: { approvalHours: 2 } })
    const parked = await park(claw)
    claw.clock.move(2 * hourMs)
    expect(await approve(claw, parked)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('expired') },
    })
    expect(await progress(claw, parked)).toMatchObject({
      state: 'ended',
      problem: { code: 'approval_denied', detail: expect.stringContaining('in time') },
    })
    expect((await claw.ada.rest('GET', '/approvals')).body.items).toEqual([])
    expect((await claw.ada.rest('GET', `/approvals/${parked.approvalId}`)).body.state).toBe('expired')
    expect(sent(claw)).toEqual([])
    expect((await park(claw)).callId).not.toBe(parked.callId)
  })

  test('comes too late also before anything has written so; that, and to cancel, ends no other call and no other approval', async () => {
    await using claw = await startWithMember({ config: { roles: ['web'], approvalHours: 2 } })
    const parked = await park(claw)
    claw.clock.move(2 * hourMs)
    const other = await park(claw, removal)
    const again = await park(claw)
    expect(again.callId).not.toBe(parked.callId)
    expect(await progress(claw, other, 0)).toMatchObject({ state: 'parked' })
    expect((await claw.ada.rest('GET', `/approvals/${other.approvalId}`)).body.state).toBe('pending')
    expect(await progress(claw, parked, 0)).toMatchObject({ state: 'ended', problem: { code: 'approval_denied' } })
    await approve(claw, again)
    const row = claw.app.db.read.selectFrom('approvals').selectAll().where('id', '=', again.approvalId)
    const late = await row.executeTakeFirstOrThrow()
    await claw.app.db.write(tx => expireApproval(claw.app, tx, late))
    const stateOf = async ({ approvalId }: Parked) =>
      (await claw.ada.rest('GET', `/approvals/${approvalId}`)).body.state
    expect(await progress(claw, again, 0)).toMatchObject({ state: 'running' })
    expect(await stateOf(again)).toBe('approved')
    expect((await claw.rest('POST', `/calls/${again.callId}/cancel`)).body).toMatchObject({ state: 'ended' })
    expect([await stateOf(again), await stateOf(other)]).toEqual(['approved', 'pending'])
  })
})

describe('a yes for a while', () => {
  const like = (amount: number) => ({ ...refund, arguments: { ...refund.arguments, amount } })

  test('lets calls of the same agent to the same tool and account through until it ends', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    await approve(claw, parked, { for: 'shape', minutes: 30 })
    await progress(claw, parked)
    expect((await claw.call(refund.tool, like(2).arguments)).status).toBe(200)
    await park(claw, removal)
    await park(claw, { ...like(3), key: await claw.newKey({ agent: 'another' }) })
    claw.clock.move(30 * 60_000)
    await park(claw, like(4))
    expect(sent(claw)).toHaveLength(2)
  })

  test('takes the place of one that is over, and rules stay counted from 1', async () => {
    await using claw = await startWithMember()
    const asks = { name: 'With a yes', decision: 'ask', match: { tools: [refund.tool] } }
    expect((await claw.ada.rest('POST', '/rules', asks)).body).toMatchObject({ position: 1 })
    const elsewhere = { decision: 'deny', match: { tools: ['sandbox_whoami'] } }
    const expiresAt = new Date(claw.clock.now() + 60_000).toISOString()
    await claw.ada.rest('POST', '/rules', { ...elsewhere, name: 'Of a member', expiresAt })
    await claw.ada.rest('POST', '/rules', { ...elsewhere, name: 'Approved by the board' })
    const rules = async () => {
      const { items } = Object((await claw.ada.rest('GET', '/rules')).body)
      return items.map(({ position, name }: Record<string, unknown>) => `${position} ${name}`)
    }
    const yes = expect.stringMatching(/^1 Approved by Ada until/)
    const members = ['2 With a yes', '3 Of a member', '4 Approved by the board']
    for (let i = 1; i <= 2; i++) {
      const parked = await park(claw, like(i))
      await approve(claw, parked, { for: 'shape', minutes: 30 })
      await progress(claw, parked)
      expect(await rules()).toEqual([yes, ...members])
      await approve(claw, await park(claw, removal), { for: 'shape', minutes: 30 })
      expect(await rules()).toEqual([yes, ...members, expect.stringMatching(/^5 Approved by Ada/)])
      claw.clock.move(30 * 60_000)
    }
  })

  test('is refused where there are as many rules as may be, and leaves the call to be approved alone', async () => {
    await using claw = await startWithMember()
    const rules = Array.from({ length: 200 }, (_, at) => ({
      id: newId('rule', claw.clock.now() + at),
      workspace_id: claw.app.workspaceId,
      position: at + 1,
      // The first is of a yes that is over once half an hour has passed.
      name: at === 0 ? 'Approved by Ada' : `n${at}`,
      decision: 'allow' as const,
      match: JSON.stringify({ tools: [removal.tool] }),
      created_by: '',
      created_at: claw.clock.now(),
      expires_at: at === 0 ? claw.clock.now() + 30 * 60_000 : null,
    }))
    await claw.app.db.write(tx => tx.insertInto('rules').values(rules).execute())
    const parked = await park(claw)
    const forAWhile = () => approve(claw, parked, { for: 'shape', minutes: 30 })
    const fix = 'Approve this call alone, or remove a rule first. Nothing is decided yet.'
    expect(await forAWhile()).toMatchObject({ status: 429, body: { code: 'quota_exceeded', fix } })
    expect((await claw.ada.rest('GET', '/rules')).body.items).toHaveLength(200)
    expect(await progress(claw, parked, 0)).toMatchObject({ state: 'parked' })
    expect((await claw.ada.rest('GET', '/audit?action=approval.approved')).body.items).toEqual([])

    claw.clock.move(30 * 60_000)
    expect(await forAWhile()).toMatchObject({ status: 200, body: { state: 'approved' } })
    expect(await progress(claw, parked)).toMatchObject({ state: 'ended', usage: { outcome: 'succeeded' } })
    expect((await claw.ada.rest('GET', '/rules')).body.items).toHaveLength(200)
    const last = await park(claw, { ...like(2), key: await claw.newKey({ agent: 'another' }) })
    expect((await approve(claw, last, { for: 'shape', minutes: 30 })).status).toBe(429)
    expect(await approve(claw, last)).toMatchObject({ status: 200, body: { state: 'approved' } })
  })

  test('never reaches past the rule that asked: what another rule denies stays denied', async () => {
    await using claw = await startWithMember()
    const rule = (name: string, decision: string, match: object) =>
      claw.ada.rest('POST', '/rules', { name, decision, match })
    const tools = [refund.tool]
    await rule('Others with a yes', 'ask', { tools: [removal.tool] })
    await rule('Large ones never', 'deny', { tools, arguments: [{ path: 'amount', is: 'above', value: 100 }] })
    await rule('Small ones with a yes', 'ask', { tools, arguments: [{ path: 'amount', is: 'below', value: 10 }] })
    await rule('The rest never', 'deny', { tools })
    const parked = await park(claw)
    await approve(claw, parked, { for: 'shape', minutes: 30 })
    await progress(claw, parked)
    expect((await claw.call(refund.tool, like(2).arguments)).status).toBe(200)
    for (const amount of [50, 101]) {
      expect((await claw.call(refund.tool, like(amount).arguments)).body.code).toBe('policy_denied')
    }
  })
})
