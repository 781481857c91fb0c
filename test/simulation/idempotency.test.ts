/** Calls under a key through crowds, deaths, faults and late clocks: at most one write, and one answer. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { admitted, knownKey } from '../../src/accounts/authenticate.ts'
import type { AgentPrincipal } from '../../src/accounts/principal.ts'
import type { App } from '../../src/app.ts'
import type { EndedCall } from '../../src/calls/call.ts'
import { callTool } from '../../src/calls/call-tool.ts'
import { endKeyLeases } from '../../src/calls/idempotency/key-rows.ts'
import { isForGood } from '../../src/calls/idempotency/key-state.ts'
import { Fault } from '../../src/core/errors.ts'
import { leaseMs } from '../../src/jobs/lease.ts'
import type { Fault as ProviderFault } from '../../src/sandbox/faults/fault.ts'
import { type Random, randomFor } from '../../src/sandbox/random.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import type { CliServer } from '../kit/cli.ts'
import { payment } from '../scenarios/tools.ts'
import { type Lane, openLane } from './lane.ts'
import { mortalApp } from './mortal-app.ts'

const seed = Number(process.env.CLAWLINK_TEST_KEY_SEED ?? randomInt(2 ** 31))
// Many more lives, of calls under a key too, are in calls.test.ts.
const runs = Number(process.env.CLAWLINK_TEST_KEY_RUNS ?? (process.env.CLAWLINK_TEST_DIALECT === 'postgres' ? 15 : 40))
const onPostgres = process.env.CLAWLINK_TEST_DIALECT === 'postgres'

/** One tool for each way in which sending twice matters. `mark` is in its request and in no other. */
const kinds = ['once', 'natural', 'keyed', 'read'] as const
type Kind = (typeof kinds)[number]
const wish = {
  once: (mark: string) => ({ tool: 'sandbox_create_issue', arguments: { project: 'website', title: mark } }),
  natural: (mark: string) => ({
    tool: 'sandbox_update_issue',
    arguments: { project: 'website', number: 1, title: mark },
  }),
  keyed: (mark: string) => ({ tool: 'sandbox_create_payment', arguments: { ...payment, description: mark } }),
  read: (mark: string) => ({ tool: 'sandbox_search_messages', arguments: { q: mark } }),
}

const faults: readonly ProviderFault[] = [
  { kind: 'close_after_read' },
  { kind: 'close_before_read' },
  { kind: 'status', status: 500, applied: true },
  { kind: 'status', status: 400 },
  { kind: 'rate_limit', retryAfter: 1 },
  { kind: 'invalid_json' },
]

test(`in ${runs} lives of crowds and deaths at every step, the provider has a write at most once, and a key has one answer`, {
  timeout: 60_000 + runs * 500,
}, async () => {
  await using claw = await startClawLink({ config: { roles: ['web'] } })
  const principal = await tester(claw)
  const ends = new Map<string, number>()
  for (let run = 0; run < runs; run++) {
    const end = await live(claw, principal, randomFor(seed, `run ${run}`), `mark${run}x`).catch(cause => {
      const replay = `Replay: CLAWLINK_TEST_KEY_SEED=${seed} CLAWLINK_TEST_KEY_RUNS=${run + 1}, run ${run}`
      throw new Error(`${replay}: ${cause instanceof Error ? cause.stack : cause}`)
    })
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  // The deaths and faults were where they matter.
  if (runs >= 300)
    for (const end of [
      'once succeeded',
      'once unknown',
      'once failed',
      'natural succeeded',
      'keyed succeeded',
      'read succeeded',
    ])
      expect([end, (ends.get(end) ?? 0) > 0]).toEqual([end, true])
})

/** One key from its first caller to its last; gives the kind of call and its outcome. */
async function live(claw: TestClawLink, principal: AgentPrincipal, random: Random, mark: string): Promise<string> {
  const { sandbox, clock, app } = claw
  sandbox.takeRequests()
  sandbox.clearFaults()
  const paymentsBefore = sandbox.store.payments.length
  const kind = random.pick(kinds)
  const asked = { ...wish[kind](mark), idempotencyKey: mark, surface: 'rest' } as const
  const told: EndedCall[] = []
  const ask = async (by: App) => {
    const ended = await callTool(by, principal, asked).catch(() => undefined)
    if (ended) told.push(ended)
  }
  const moving = setInterval(() => clock.move(1000), 1)
  try {
    const lives = random.int(1, 3)
    for (let life = 0; life < lives; life++) {
      if (random.int(0, 2) === 0) sandbox.script(random.pick(faults))
      // Several processes at once, each with several callers; some die at some step.
      const starting = Array.from({ length: random.int(1, 3) }, async () => {
        const isMortal = random.int(0, 1) === 0
        const death = { step: random.int(0, 4), side: random.pick(['before', 'after'] as const) }
        const callers = random.int(1, 3)
        return { ...(await mortalApp(app, isMortal ? death : undefined)), callers }
      })
      const processes = await Promise.all(starting)
      // A clock that jumps takes a key from who is alive and at work.
      const jump = async (turns: number) => {
        for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
        await endKeyLeases(app.db)
      }
      const jumps = random.int(0, 1) === 0 ? [jump(random.int(1, 40)), jump(random.int(20, 80))] : []
      const callers = processes.flatMap(each => Array.from({ length: each.callers }, () => ask(each.app)))
      await Promise.all([...callers, ...jumps])
      clock.move(random.pick([0, 1000, leaseMs, 3 * leaseMs]))
    }
    sandbox.clearFaults()
    // At last one that lives asks until there is an answer, and once more.
    const { app: last } = await mortalApp(app, undefined)
    for (let answers = 0; answers < 2; ) {
      await ask(last)
      if (isAnswer(told.at(-1))) answers++
      else clock.move(leaseMs)
    }
  } finally {
    clearInterval(moving)
  }
  const applied = {
    once: () => sandbox.store.issues.filter(({ title }) => title === mark).length,
    keyed: () => sandbox.store.payments.length - paymentsBefore,
    natural: () => sandbox.requests.filter(({ body }) => body.includes(mark)).length,
    read: () => sandbox.requests.filter(({ path }) => path.includes(mark)).length,
  }[kind]()
  return check({ claw, kind, told, applied, mark })
}

const isAnswer = (ended: EndedCall | undefined) =>
  ended !== undefined && ended.outcome.kind !== 'parked' && isForGood(ended.outcome)

async function check({
  claw,
  kind,
  told,
  applied,
  mark,
}: {
  claw: TestClawLink
  kind: Kind
  told: EndedCall[]
  applied: number
  mark: string
}): Promise<string> {
  const answers = told.filter(isAnswer).map(({ replayed: _, ...answer }) => answer)
  const [answer] = answers
  for (const other of answers) expect(other).toEqual(answer)
  // Whoever was not the first was told so.
  expect(told.filter(ended => isAnswer(ended) && !ended.replayed).length).toBeLessThanOrEqual(1)
  const usage = await claw.app.db.read
    .selectFrom('usage')
    .selectAll()
    .where('call_id', '=', answer?.id ?? '')
    .execute()
  expect(usage).toMatchObject([{ outcome: answer?.outcome.kind }])
  if (kind === 'once' || kind === 'keyed') expect(applied).toBeLessThanOrEqual(1)
  if (answer?.outcome.kind === 'succeeded') expect(applied).toBeGreaterThanOrEqual(1)
  const rows = await claw.app.db.read.selectFrom('seals').select('sealed').execute()
  expect(JSON.stringify(rows)).not.toContain(mark)
  return `${kind} ${answer?.outcome.kind}`
}

async function tester({ app, clock }: TestClawLink): Promise<AgentPrincipal> {
  const key = await app.db.read.selectFrom('keys').selectAll().executeTakeFirstOrThrow()
  const principal = admitted(knownKey(key), clock.now())
  if (principal instanceof Fault) throw new Error(principal.message)
  return principal
}

const kills = Number(process.env.CLAWLINK_TEST_KEY_KILLS ?? 3)

test(`real servers of which one is killed ${kills} times around the moment of sending send nothing twice, and the key has one answer`, {
  timeout: 60_000 + kills * 20_000,
}, async () => {
  await using lane = await openLane()
  const key = await lane.prepare()
  const random = randomFor(seed, 'kills')
  for (let kill = 0; kill < kills; kill++) {
    const title = `kill ${kill}`
    const whileSending = random.int(0, 1) === 1
    lane.sandbox.takeRequests()
    {
      await using server = await lane.start()
      if (whileSending) lane.sandbox.script({ kind: 'hang', applied: random.int(0, 1) === 1 })
      const asking = Array.from({ length: 4 }, () => ask(server, key, title).catch(() => undefined))
      if (whileSending) await lane.sandbox.received(1)
      else await new Promise(resolve => setTimeout(resolve, random.int(0, 30)))
      server.signal('SIGKILL')
      await server.ended
      await Promise.all(asking)
    }
    lane.sandbox.clearFaults()
    await endLeasesOf(lane)
    await using server = await lane.start()
    const first = await ask(server, key, title)
    const again = await ask(server, key, title)
    const requests = lane.sandbox.requests.filter(({ body }) => body.includes(title))
    expect(requests.length).toBeLessThanOrEqual(1)
    expect(['succeeded', 'unknown']).toContain(first.outcome)
    if (whileSending) expect(first.outcome).toBe('unknown')
    if (first.outcome === 'succeeded') expect(requests).toHaveLength(1)
    expect(again).toEqual({ ...first, replayed: true })
  }
})

test.runIf(onPostgres)(
  'two real servers that are asked the same at the same moment send it once and say the same',
  async () => {
    await using lane = await openLane()
    const key = await lane.prepare()
    await using one = await lane.start()
    await using two = await lane.start()
    for (let round = 0; round < 20; round++) {
      const title = `round ${round}`
      const all = await Promise.all([one, two, one, two, one, two].map(server => ask(server, key, title)))
      expect(new Set(all.map(({ callId }) => callId)).size).toBe(1)
      expect(all.map(({ outcome }) => outcome)).toEqual(Array(6).fill('succeeded'))
      expect(lane.sandbox.requests.filter(({ body }) => body.includes(`"${title}"`))).toHaveLength(1)
    }
  },
)

/** The same write under the same key, over REST. */
async function ask({ url }: CliServer, key: string, title: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/api/v1/tools/sandbox_create_issue/calls`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': JSON.stringify(title),
    },
    body: JSON.stringify({ arguments: { project: 'website', title } }),
  })
  return JSON.parse(await answer.text())
}

/** As if a minute had passed: on PostgreSQL another process could be alive, so a lease has to run out. */
async function endLeasesOf(lane: Lane): Promise<void> {
  if (!onPostgres) return
  const db = await lane.openDb()
  await endKeyLeases(db)
  await db.close()
}
