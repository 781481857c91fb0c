/** Approved calls through the deaths of those who send them: never twice, never lost, always recorded as they ended. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { approveCall } from '../../src/calls/approvals/approve-call.ts'
import { endLeases, leaseMs } from '../../src/jobs/lease.ts'
import { startWorking } from '../../src/jobs/work.ts'
import { jobKinds } from '../../src/roles/worker.ts'
import { type Random, randomFor } from '../../src/sandbox/random.ts'
import { addMember } from '../kit/member.ts'
import { approve, type Parked, type ParkedClaw, park, progress, refund, startWithMember } from '../kit/parked.ts'
import { payment } from '../scenarios/tools.ts'
import { type Lane, openLane } from './lane.ts'
import { type Death, mortalApp } from './mortal-app.ts'

const seed = Number(process.env.CLAWLINK_TEST_APPROVAL_SEED ?? randomInt(2 ** 31))
// Many more lives, of approved calls too, are in calls.test.ts.
const runs = Number(process.env.CLAWLINK_TEST_APPROVAL_RUNS ?? 12)

/** One tool for each way in which sending twice matters. `mark` is in its request and in no other. */
const kinds = ['once', 'natural', 'keyed'] as const
type Kind = (typeof kinds)[number]
const call = {
  once: (mark: string) => ({ tool: 'sandbox_create_issue', arguments: { project: 'website', title: mark } }),
  natural: (mark: string) => ({
    tool: 'sandbox_update_issue',
    arguments: { project: 'website', number: 1, title: mark },
  }),
  keyed: (mark: string) => ({ tool: 'sandbox_create_payment', arguments: { ...payment, description: mark } }),
}

test(`in ${runs} lives with deaths at every step, what a member approved reaches the provider as often as it may, and ends once`, {
  timeout: 120_000,
}, async () => {
  await using claw = await startWithMember({ config: { roles: ['web'] } })
  const ask = { name: 'Ask about all', decision: 'ask', match: { effects: ['write', 'destructive'] } }
  expect((await claw.ada.rest('POST', '/rules', ask)).status).toBe(201)
  const ends = new Map<string, number>()
  for (let run = 0; run < runs; run++) {
    const replay = `CLAWLINK_TEST_APPROVAL_SEED=${seed}, run ${run}`
    const random = randomFor(seed, `run ${run}`)
    const end = await live(claw, random, `mark-${run}-`).catch(cause => {
      throw new Error(`${replay}: ${cause instanceof Error ? cause.stack : cause}`)
    })
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  // The deaths were where they matter.
  if (runs >= 100)
    for (const end of ['once succeeded', 'once unknown', 'natural succeeded', 'keyed succeeded'])
      expect([end, (ends.get(end) ?? 0) > 0]).toEqual([end, true])
})

/** One call from its parking to its end; gives its kind and outcome. */
async function live(claw: ParkedClaw, random: Random, mark: string): Promise<string> {
  claw.sandbox.takeRequests()
  const kind = random.pick(kinds)
  const parked = await park(claw, call[kind](mark))
  const approvals = await approveThroughDeath(claw, parked, random)
  const lost = random.int(1, 6) === 1
  if (lost) claw.sandbox.script({ kind: 'close_after_read' })
  const deaths = Array.from({ length: random.int(0, 3) }, (): Death => {
    return { step: random.int(0, 6), side: random.pick(['before', 'after'] as const) }
  })
  let died = false
  for (const death of [...deaths, undefined]) {
    died = (await workUntilDeath(claw, parked, death)) || died
    claw.clock.move(leaseMs)
  }
  claw.sandbox.clearFaults()
  const told = await progress(claw, parked, 0)
  const usage = await claw.app.db.read.selectFrom('usage').selectAll().where('call_id', '=', parked.callId).execute()
  const requests = claw.sandbox.requests.filter(({ body }) => body.includes(mark))
  check({ kind, parked, told, usage, requests, died, lost })
  expect(approvals).toBe(1)
  return `${kind} ${usage[0]?.outcome}`
}

/** Approves, with a process that may die of it before or after its commit; then once more. Gives how often it was approved. */
async function approveThroughDeath(claw: ParkedClaw, parked: Parked, random: Random): Promise<number> {
  const side = random.pick(['never', 'before', 'after'] as const)
  if (side !== 'never') {
    const { app } = await mortalApp(claw.app, { step: 0, side })
    const member = { kind: 'member', personId: claw.ada.id, name: 'Ada', email: '', sessionId: '' } as const
    const principal = { ...member, workspaceId: app.workspaceId, role: 'owner', environment: 'live' } as const
    const decision = { id: parked.approvalId, extent: { for: 'once' }, address: '' } as const
    await expect(approveCall(app, principal, decision)).rejects.toThrow('killed')
  }
  const { status } = await approve(claw, parked)
  expect(status).toBe(side === 'after' ? 409 : 200)
  const rows = claw.app.db.read.selectFrom('audit').select('seq').where('target', '=', parked.approvalId)
  return (await rows.execute()).length
}

/** A worker works until it dies or the call has ended; gives whether it died. */
async function workUntilDeath(claw: ParkedClaw, parked: Parked, death: Death): Promise<boolean> {
  const { app, dead } = await mortalApp(claw.app, death)
  const working = startWorking(app, jobKinds(app))
  const isOver = async () => dead() || (await progress(claw, parked, 0)).state === 'ended'
  while (!(await isOver())) await new Promise(resolve => setImmediate(resolve))
  await working.stop(1000).catch(() => {})
  return dead()
}

type Lived = {
  kind: Kind
  parked: Parked
  told: Record<string, unknown>
  usage: { outcome: string; code: string }[]
  requests: { headers: Record<string, string> }[]
  died: boolean
  lost: boolean
}

function check({ kind, parked, told, usage, requests, died, lost }: Lived): void {
  expect(told.state).toBe('ended')
  expect(usage).toHaveLength(1)
  const outcome = usage[0]?.outcome
  expect(told).toMatchObject(
    outcome === 'succeeded' ? { answer: { outcome } } : { problem: { outcome, code: usage[0]?.code } },
  )
  if (kind === 'once') expect(requests.length).toBeLessThanOrEqual(1)
  if (kind === 'keyed') for (const { headers } of requests) expect(headers['idempotency-key']).toBe(parked.callId)
  if (outcome === 'succeeded') expect(requests.length).toBeGreaterThanOrEqual(1)
  if (outcome === 'failed') expect(kind).toBe('natural')
  if (!died && !lost) expect({ outcome, sent: requests.length }).toEqual({ outcome: 'succeeded', sent: 1 })
  if (outcome === 'unknown') expect({ kind: kind !== 'natural', why: died || lost }).toEqual({ kind: true, why: true })
}

const kills = Number(process.env.CLAWLINK_TEST_APPROVAL_KILLS ?? 3)

test(`a real server that is killed ${kills} times around the moment of sending sends nothing twice, and the next one ends the call`, {
  timeout: 30_000 + kills * 20_000,
}, async () => {
  await using lane = await openLane()
  const key = await lane.prepare()
  const session = await memberSession(lane)
  const random = randomFor(seed, 'kills')
  for (let kill = 0; kill < kills; kill++) {
    // Each before or while it is sent; whether before is before enough is left to the machine.
    const whileSending = random.int(0, 1) === 1
    const amount = kill + 1
    lane.sandbox.takeRequests()
    let parked: Parked
    {
      await using server = await lane.start()
      const ask = asker(server.url)
      const asked = await ask(`/tools/${refund.tool}/calls`, { key }, { arguments: { ...refund.arguments, amount } })
      parked = asked as Parked // as the OpenAPI document says of a call that has to be approved
      if (whileSending) lane.sandbox.script({ kind: 'hang', applied: random.int(0, 1) === 1 })
      const told = await ask(`/approvals/${parked.approvalId}/approve`, { session }, { for: 'once' })
      expect(told).toMatchObject({ state: 'approved' })
      if (whileSending) await lane.sandbox.received(1)
      server.signal('SIGKILL')
      await server.ended
    }
    lane.sandbox.clearFaults()
    await endLeasesOf(lane)
    await using server = await lane.start()
    const ended = await asker(server.url)(`/calls/${parked.callId}?wait=20`, { key })
    const outcome = Object(ended.usage).outcome
    const requests = lane.sandbox.requests.filter(({ body }) => body.includes(`"amount":${amount}}`))
    expect({ state: ended.state, often: requests.length > 1 }).toEqual({ state: 'ended', often: false })
    expect(['succeeded', 'unknown']).toContain(outcome)
    if (whileSending) expect(outcome).toBe('unknown')
    if (outcome === 'succeeded') expect(requests).toHaveLength(1)
  }
})

/** REST as an agent or a page would ask it. */
function asker(url: string) {
  return async (
    path: string,
    by: { key?: string; session?: string },
    body?: object,
  ): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        ...(by.key && { authorization: `Bearer ${by.key}` }),
        ...(by.session && { cookie: `clawlink_session=${by.session}`, origin: url }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    return JSON.parse(await answer.text())
  }
}

async function memberSession(lane: Lane): Promise<string> {
  const db = await lane.openDb()
  const { id } = await db.read.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()
  const { token } = await addMember(db, Date.now(), { name: 'Ada', role: 'owner', workspaceId: id })
  await db.close()
  return token.reveal()
}

/** As if a minute had passed: on PostgreSQL another process could be alive, so a lease has to run out. */
async function endLeasesOf(lane: Lane): Promise<void> {
  const db = await lane.openDb()
  if (db.dialect === 'postgres') await endLeases(db, 0)
  await db.close()
}
