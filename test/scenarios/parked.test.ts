/** What becomes of an approved call: it is sent as it was approved, once, whoever dies in between. */
import { describe, expect, test } from 'vitest'
import { rotateKey } from '../../src/accounts/rotate-key.ts'
import { beginSending } from '../../src/calls/parked.ts'
import { Fault } from '../../src/core/errors.ts'
import { claimJobs, leaseMs } from '../../src/jobs/lease.ts'
import { startWorker } from '../../src/roles/worker.ts'
import { startSandbox } from '../../src/sandbox/start.ts'
import { putSeal } from '../../src/vault/sealed-rows.ts'
import {
  approve,
  type Parked,
  type ParkedClaw,
  park,
  progress,
  refund,
  removal,
  sent,
  startWithMember,
  startWorkerElsewhere,
} from '../kit/parked.ts'
import { usageOf } from '../kit/scenario.ts'
import { payment, write } from './tools.ts'

const hourMs = 60 * 60 * 1000
const webOnly = { config: { roles: ['web' as const] } }

/** Lets a worker take what is there to do, and waits for this call. */
async function work(claw: ParkedClaw, parked: Parked) {
  await using _ = await startWorkerElsewhere(claw)
  return waitFor(claw, parked)
}

/** The process that waits learns of it by looking, so the clock has to move. */
async function waitFor(claw: ParkedClaw, parked: Parked): Promise<Record<string, unknown>> {
  for (;;) {
    const told = await progress(claw, parked, 0)
    if (told.state === 'ended') return told
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** A worker that took the job, and with `sending` began to send, and died. */
async function dieWith({ app, clock }: ParkedClaw, { callId }: Parked, sending: boolean): Promise<void> {
  const { jobs } = await claimJobs(app.db, { owner: 'worker_dead', now: clock.now(), limit: 9 })
  expect(jobs.map(({ kind }) => kind)).toEqual(['resume_call'])
  if (sending) await beginSending(app, callId, { at: clock.now(), digest: '', approved: true, mayHaveBeenSent: false })
}

describe('an approved call', () => {
  test('is running until a worker comes, and is then sent once, whoever started it', async () => {
    await using claw = await startWithMember(webOnly)
    const parked = await park(claw)
    await approve(claw, parked)
    expect(await progress(claw, parked, 0)).toMatchObject({
      callId: parked.callId,
      state: 'running',
      tool: refund.tool,
    })
    expect(await work(claw, parked)).toMatchObject({ answer: { outcome: 'succeeded' } })
    await work(claw, parked)
    expect(sent(claw)).toEqual([refund.sent])
  })

  test('is sent once by several workers', async () => {
    await using claw = await startWithMember(webOnly)
    await using _a = await startWorkerElsewhere(claw)
    await using _b = await startWorkerElsewhere(claw)
    const worker = await startWorker(claw.app)
    const all: Parked[] = []
    for (let amount = 1; amount <= 20; amount++)
      all.push(await park(claw, { ...refund, arguments: { ...refund.arguments, amount } }))
    await Promise.all(all.map(one => approve(claw, one)))
    claw.clock.move(5000)
    for (const one of all) expect(await waitFor(claw, one)).toMatchObject({ answer: { outcome: 'succeeded' } })
    expect(sent(claw)).toHaveLength(20)
    await worker.stop()
  })

  test('whose worker died before it sent anything is sent by another when the lease has run out', async () => {
    await using claw = await startWithMember(webOnly)
    const parked = await park(claw)
    await approve(claw, parked)
    await dieWith(claw, parked, false)
    await using _ = await startWorkerElsewhere(claw)
    expect(await progress(claw, parked, 0)).toMatchObject({ state: 'running' })
    claw.clock.move(leaseMs)
    expect(await waitFor(claw, parked)).toMatchObject({ answer: { outcome: 'succeeded' } })
    expect(sent(claw)).toEqual([refund.sent])
  })

  test('whose worker died while it sent is never sent again: its outcome is unknown', async () => {
    await using claw = await startWithMember(webOnly)
    const parked = await park(claw)
    await approve(claw, parked)
    await dieWith(claw, parked, true)
    claw.clock.move(leaseMs)
    expect(await work(claw, parked)).toMatchObject({
      problem: { code: 'outcome_unknown', outcome: 'unknown' },
      usage: { outcome: 'unknown', code: 'outcome_unknown' },
    })
    expect(sent(claw)).toEqual([])
  })

  test('whose worker died while it sent is sent again where twice is like once', async () => {
    await using claw = await startWithMember(webOnly)
    const parked = await park(claw, removal)
    await approve(claw, parked)
    await dieWith(claw, parked, true)
    claw.clock.move(leaseMs)
    expect(await work(claw, parked)).toMatchObject({ answer: { outcome: 'succeeded' } })
    expect(sent(claw)).toEqual([removal.sent])
  })

  test('whose worker died while it sent is sent again under the same key where the provider honours that', async () => {
    await using claw = await startWithMember(webOnly)
    await claw.ada.rest('POST', '/rules', {
      name: 'Ask',
      decision: 'ask',
      match: { tools: ['sandbox_create_payment'] },
    })
    const parked = await park(claw, { tool: 'sandbox_create_payment', arguments: payment })
    await approve(claw, parked)
    await dieWith(claw, parked, true)
    claw.clock.move(leaseMs)
    expect(await work(claw, parked)).toMatchObject({ answer: { outcome: 'succeeded' } })
    expect(claw.sandbox.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([parked.callId])
  })

  test('is not even then sent again an hour later', async () => {
    await using claw = await startWithMember(webOnly)
    const parked = await park(claw, removal)
    await approve(claw, parked)
    await dieWith(claw, parked, true)
    claw.clock.move(hourMs)
    expect(await work(claw, parked)).toMatchObject({ problem: { code: 'outcome_unknown' } })
    expect(sent(claw)).toEqual([])
  })

  test('is refused when nothing sent it until the approval had run out', async () => {
    await using claw = await startWithMember({ config: { roles: ['web'], approvalHours: 2 } })
    const parked = await park(claw)
    await approve(claw, parked)
    claw.clock.move(2 * hourMs)
    expect(await work(claw, parked)).toMatchObject({ problem: { code: 'approval_denied' } })
    expect(sent(claw)).toEqual([])
  })

  test('waits when the provider asked to be left alone, and is then sent', async () => {
    await using claw = await startWithMember()
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: 30 })
    const first = await park(claw)
    await approve(claw, first)
    expect(await waitFor(claw, first)).toMatchObject({ problem: { code: 'rate_limited' } })
    const parked = await park(claw)
    await approve(claw, parked)
    const jobs = claw.app.db.read.selectFrom('jobs').select('run_at').where('kind', '=', 'resume_call')
    await expect
      .poll(() => jobs.where('state', '=', 'waiting').execute())
      .toEqual([{ run_at: claw.clock.now() + 30_000 }])
    expect(await progress(claw, parked, 0)).toMatchObject({ state: 'running' })
    claw.clock.move(30_000)
    expect(await waitFor(claw, parked)).toMatchObject({ answer: { outcome: 'succeeded' } })
    expect(sent(claw)).toHaveLength(2)
  })

  test('counts the time that it took, not the time that the member took', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    claw.clock.move(hourMs)
    await approve(claw, parked)
    await waitFor(claw, parked)
    expect(await usageOf(claw)).toMatchObject([{ started_at: claw.clock.now() - hourMs, duration_ms: 0 }])
  })
})

describe('what is not as it was approved is not sent', () => {
  async function refused(claw: ParkedClaw, change: (parked: Parked) => unknown, code: string) {
    const parked = await park(claw)
    await approve(claw, parked)
    await change(parked)
    expect(await work(claw, parked)).toMatchObject({
      state: 'ended',
      problem: { code, outcome: 'failed' },
      usage: { outcome: 'failed', code, attempts: 0 },
    })
    expect(sent(claw)).toEqual([])
    expect(await usageOf(claw)).toHaveLength(1)
  }

  test('other arguments under the vault’s own seal', async () => {
    await using claw = await startWithMember(webOnly)
    const { app } = claw
    const text = JSON.stringify({ arguments: { ...refund.arguments, amount: 9999 } })
    const change = ({ callId: id }: Parked) =>
      app.db.write(tx => putSeal(tx, app.vault, { id, workspaceId: app.workspaceId, text }))
    await refused(claw, change, 'approval_denied')
  })

  test('the sealed request of another call', async () => {
    await using claw = await startWithMember(webOnly)
    const other = await park(claw, removal)
    const change = ({ callId }: Parked) =>
      claw.app.db.write(async tx => {
        const { sealed } = await tx
          .selectFrom('seals')
          .select('sealed')
          .where('id', '=', other.callId)
          .executeTakeFirstOrThrow()
        await tx.updateTable('seals').set({ sealed }).where('id', '=', callId).execute()
      })
    await refused(claw, change, 'internal')
  })

  test('another provider address than the one that was shown', async () => {
    await using claw = await startWithMember(webOnly)
    await using elsewhere = await startSandbox({ now: claw.clock.now })
    const parked = await park(claw)
    await approve(claw, parked)
    await using _ = await startWorkerElsewhere(claw, { baseUrls: { sandbox: elsewhere.url } })
    expect(await waitFor(claw, parked)).toMatchObject({ problem: { code: 'approval_denied' } })
    expect([...claw.sandbox.requests, ...elsewhere.requests]).toEqual([])
  })

  test('a call of a key that was revoked, also when that had been exchanged for a new one before', async () => {
    await using claw = await startWithMember(webOnly)
    const { db, workspaceId } = claw.app
    const exchanged = await park(claw, { ...refund, key: await claw.newKey({ agent: 'another' }) })
    const both = [await park(claw), exchanged]
    for (const parked of both) await approve(claw, parked)
    const row = db.read.selectFrom('calls').select('key_id').where('id', '=', exchanged.callId)
    const { key_id: id } = await row.executeTakeFirstOrThrow()
    await rotateKey(db, claw.clock.now(), { workspaceId, id, overlapMs: hourMs })
    await db.write(tx =>
      tx
        .updateTable('keys')
        .set({ revoked_at: 1 })
        .where('id', 'in', q => q.selectFrom('calls').select('key_id'))
        .execute(),
    )
    await using _ = await startWorkerElsewhere(claw)
    for (const { callId } of both)
      await expect
        .poll(async () => (await claw.ada.rest('GET', `/calls/${callId}`)).body)
        .toMatchObject({
          state: 'ended',
          problem: { code: 'unauthorized', outcome: 'failed' },
        })
    expect(sent(claw)).toEqual([])
  })

  test('a call that has to be approved by now, when it was another that a member approved', async () => {
    await using claw = await startWithMember(webOnly)
    await approve(claw, await park(claw, removal))
    const body = { arguments: write.args, wait: false }
    const queued = (await claw.rest('POST', `/tools/${write.tool}/calls`, { body })).body as Parked // its id is what counts
    await claw.ada.rest('POST', '/rules', { name: 'Ask', decision: 'ask', match: { tools: [write.tool] } })
    expect(await work(claw, queued)).toMatchObject({ state: 'ended', problem: { code: 'approval_denied' } })
    expect(sent(claw)).not.toContainEqual(write.sent[0])
  })

  test('a call whose connection is gone', async () => {
    await using claw = await startWithMember(webOnly)
    const remove = async () => {
      const [connection] = await claw.rows('connections')
      await claw.rest('DELETE', `/connections/${connection?.id}`)
    }
    await refused(claw, remove, 'connection_not_found')
  })

  test('a call that a rule denies by now', async () => {
    await using claw = await startWithMember(webOnly)
    const deny = () =>
      claw.ada.rest('POST', '/rules', { name: 'No', decision: 'deny', match: { tools: [refund.tool] } })
    await refused(claw, deny, 'policy_denied')
  })

  test('but a key that was exchanged for a new one goes on as that', async () => {
    await using claw = await startWithMember(webOnly)
    const parked = await park(claw)
    await approve(claw, parked)
    const [key] = await claw.rows('keys')
    const { db, workspaceId } = claw.app
    const rotated = await rotateKey(db, claw.clock.now(), { workspaceId, id: String(key?.id), overlapMs: 0 })
    expect(rotated).not.toBeInstanceOf(Fault)
    await using _ = await startWorkerElsewhere(claw)
    await expect
      .poll(async () => (await claw.ada.rest('GET', `/calls/${parked.callId}`)).body)
      .toMatchObject({
        answer: { outcome: 'succeeded' },
      })
    expect(sent(claw)).toHaveLength(1)
  })
})

describe('waiting for a call', () => {
  test('ends when another process ends the call', async () => {
    await using claw = await startWithMember(webOnly)
    const parked = await park(claw)
    const waiting = progress(claw, parked)
    await approve(claw, parked)
    await work(claw, parked)
    const moving = setInterval(() => claw.clock.move(500), 5)
    expect(await waiting.finally(() => clearInterval(moving))).toMatchObject({ answer: { outcome: 'succeeded' } })
  })

  test('ends after the time that was asked for', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    const startedAt = claw.clock.now()
    const waiting = progress(claw, parked, 3)
    const moving = setInterval(() => claw.clock.move(500), 5)
    expect(await waiting.finally(() => clearInterval(moving))).toMatchObject({ state: 'parked' })
    expect(claw.clock.now() - startedAt).toBeGreaterThanOrEqual(3000)
  })

  test('is for a minute at most', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    expect(await claw.rest('GET', `/calls/${parked.callId}?wait=61`)).toMatchObject({ status: 400 })
  })

  test('does not hold a stopping server', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    const waiting = progress(claw, parked)
    await expect.poll(() => claw.app.wakes.listenerCount('stopping')).toBe(1)
    await claw.stopServing()
    expect(await waiting).toMatchObject({ state: 'parked' })
  })
})

describe('what is kept', () => {
  test('is sealed: neither the arguments nor the answer stand in any table', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    await approve(claw, parked)
    const ended = await waitFor(claw, parked)
    const tables = ['calls', 'approvals', 'jobs', 'seals', 'usage', 'audit'] as const
    const rows = await Promise.all(tables.map(table => claw.app.db.read.selectFrom(table).selectAll().execute()))
    const { data } = ended.answer as { data: { id: string } } // the refund, as the sandbox answers it
    for (const secret of [refund.arguments.id, data.id]) expect(JSON.stringify(rows)).not.toContain(secret)
  })

  test('is the answer for a day, and the record for ever', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    await approve(claw, parked)
    expect(await waitFor(claw, parked)).toHaveProperty('answer')
    claw.clock.move(24 * hourMs)
    const told = await progress(claw, parked, 0)
    expect(told).toMatchObject({ state: 'ended', usage: { outcome: 'succeeded' } })
    expect(told).not.toHaveProperty('answer')
    await expect.poll(() => claw.app.db.read.selectFrom('seals').select('id').execute()).toEqual([])
    const { body } = await claw.ada.rest('GET', `/approvals/${parked.approvalId}`)
    expect(body).toMatchObject({ state: 'approved', preview: null, arguments: null })
  })
})
