import { approveCall } from '../../../src/calls/approvals/approve-call.ts'
import { denyCall } from '../../../src/calls/approvals/deny-call.ts'
import type { EndedCall } from '../../../src/calls/call.ts'
import { callTool } from '../../../src/calls/call-tool.ts'
import { cancelCall } from '../../../src/calls/cancel-call.ts'
import { endAbandoned } from '../../../src/calls/idempotency/end-cut-off.ts'
import { endKeyLeases } from '../../../src/calls/idempotency/key-rows.ts'
import { isForGood } from '../../../src/calls/idempotency/key-state.ts'
import { keptAnswer } from '../../../src/calls/parked.ts'
import type { CallRow, JobRow, UsageRow } from '../../../src/db/schema.ts'
import { endLeases, leaseMs } from '../../../src/jobs/lease.ts'
import type { Random } from '../../../src/sandbox/random.ts'
import type { LoggedRequest } from '../../../src/sandbox/request-log.ts'
import { drive } from './drive.ts'
import type { Plan, Round, Wish } from './plan.ts'
import { type Process, startProcess } from './processes.ts'
import { count, type World } from './world.ts'

/** What an agent was told, by a process that lived when it said so. */
export type Told = { wish: Wish; ended: EndedCall }

/** All that came of a run. */
export type Lived = {
  plan: Plan
  told: Told[]
  /** Every call that has a row, and its answer as it is kept. */
  calls: { row: CallRow; kept: EndedCall | undefined }[]
  usage: UsageRow[]
  requests: LoggedRequest[]
  /** Jobs that go on with calls. */
  jobsLeft: number
}

/** Lives through one plan: its rounds with their faults, deaths and leaps, and then, in peace, until everything has ended. */
export async function live(world: World, plan: Plan, random: Random): Promise<Lived> {
  const { claw, parts, clock } = world
  claw.sandbox.takeRequests()
  await beginAnew(world)
  const startedAt = clock.now()
  const told: Told[] = []
  for (const round of plan.rounds) await liveRound(world, round, { told, random })
  claw.sandbox.clearFaults()
  await endInPeace(world, plan, { told, random, startedAt })

  const rows = await parts.db.read.selectFrom('calls').selectAll().where('started_at', '>=', startedAt).execute()
  const calls = await Promise.all(rows.map(async row => ({ row, kept: await keptAnswer(parts, row) })))
  const usage = await parts.db.read.selectFrom('usage').selectAll().where('started_at', '>=', startedAt).execute()
  const jobsLeft = await jobsOf(world, ['waiting', 'running', 'dead'])
  return { plan, told, calls, usage, requests: claw.sandbox.takeRequests(), jobsLeft }
}

/** No run sees anything of the one before it, so that each can be seen again alone. */
async function beginAnew({ clock, parts }: World): Promise<void> {
  clock.leap(10 * 60_000)
  await parts.db.write(async tx => {
    for (const table of ['breakers', 'pace_shares', 'paces'] as const) await tx.deleteFrom(table).execute()
  })
}

async function liveRound(
  world: World,
  { processes: planned, asks, faults, jumps, thefts }: Round,
  { told, random }: { told: Told[]; random: Random },
): Promise<void> {
  const { claw, clock, parts } = world
  claw.sandbox.clearFaults()
  if (faults === 'down') claw.sandbox.script({ kind: 'status', status: 503, times: 'always' })
  else if (faults) claw.sandbox.randomFaults(faults)
  const processes = await Promise.all(planned.map(each => startProcess(world, { ...each, random })))
  const acts = asks.map(async ({ wish, by, afterMs }) => {
    const process = processes[by]
    await after(world, afterMs)
    if (process) await ask(world, process, wish, told)
  })
  const { cancels, decisions } = changesOf(asks.map(({ wish }) => wish))
  const alive = () => random.pick(processes)
  for (const wish of cancels) acts.push(after(world, wish.cancelAfterMs).then(() => cancel(world, alive(), wish, told)))
  for (const wish of decisions) acts.push(after(world, wish.decideAfterMs).then(() => decide(world, alive(), wish)))
  for (const ms of thefts)
    acts.push(
      after(world, ms).then(async () => {
        await endKeyLeases(parts.db)
        await endLeases(parts.db, clock.now())
      }),
    )
  await drive(world, Promise.all(acts), { random, jumps })
  const ends = processes.map((process, at) => process.end(planned[at]?.stops ? 'stops' : 'killed'))
  await drive(world, Promise.all(ends), { random })
}

/** One process lives on, and nothing goes wrong any more. */
async function endInPeace(
  world: World,
  { wishes }: Plan,
  { told, random, startedAt }: { told: Told[]; random: Random; startedAt: number },
): Promise<void> {
  const { parts, clock, meter } = world
  // What a killed process was just writing is there by now, or never will be: nobody else waits for it.
  while (meter.working > 0) await new Promise(resolve => setTimeout(resolve, 1))
  const last = await startProcess(world, { works: true, random })
  const answered = async (wish: Wish) => {
    for (let answers = 0, tries = 0; answers < 2; ) {
      const ended = await ask(world, last, wish, told)
      if (ended && isAnswer(ended)) answers++
      else if (ended && ended.outcome.kind !== 'parked' && ++tries > 3) return
      else await after(world, leaseMs)
      if (ended?.outcome.kind === 'parked') await decide(world, last, wish)
    }
  }
  const wanted = wishes.filter(({ key, forgotten }) => key !== undefined && !forgotten)
  const over = async () => {
    await Promise.all(wanted.map(answered))
    for (const wish of wishes) await decide(world, last, wish)
    for (;;) {
      const isOpen = (await openCalls(world, startedAt)).length > 0 || (await jobsOf(world, ['waiting', 'running'])) > 0
      if (!isOpen && meter.sending === 0) return
      await after(world, 5_000)
    }
  }
  await drive(world, over(), { random })
  await drive(world, last.end('stops'), { random })
  if ((await openCalls(world, startedAt, 'all')).length === 0) return
  // What was cut off under a key that nobody asks for is ended when it could not be repeated any more.
  count(world, 'cut off and forgotten')
  clock.leap(61 * 60_000)
  await endAbandoned(parts)
}

/** Calls that go on by themselves, or all. */
async function openCalls({ parts }: World, startedAt: number, which: 'all' | 'by themselves' = 'by themselves') {
  const open = await parts.db.read
    .selectFrom('calls')
    .leftJoin('idempotency_keys', 'idempotency_keys.call_id', 'calls.id')
    .select(['calls.id', 'idempotency_keys.owner'])
    .where('started_at', '>=', startedAt)
    .where('state', '!=', 'ended')
    .execute()
  return which === 'all' ? open : open.filter(({ owner }) => !owner)
}

/** How many jobs go on with calls. */
async function jobsOf({ parts }: World, states: JobRow['state'][]): Promise<number> {
  const jobs = parts.db.read.selectFrom('jobs').select('id').where('kind', '=', 'resume_call')
  return (await jobs.where('state', 'in', states).execute()).length
}

async function ask(world: World, process: Process, wish: Wish, told: Told[]): Promise<EndedCall | undefined> {
  const { tool, arguments: args, key, all, wait } = wish
  const principal = world.agents[wish.agent]
  if (!principal) throw new Error('there is no such agent')
  const request = { tool, arguments: args, all, wait, idempotencyKey: key, surface: 'rest' } as const
  const ended = await process.heard(app => callTool(app, principal, request))
  if (ended) told.push({ wish, ended })
  return ended
}

async function cancel({ agents }: World, process: Process, wish: Wish, told: Told[]): Promise<void> {
  const principal = agents[wish.agent]
  for (const id of new Set(told.filter(each => each.wish === wish).map(({ ended }) => ended.id)))
    if (principal) await process.heard(app => cancelCall(app, principal, id))
}

/** A member decides about what waits for one. */
async function decide({ parts, member, agents }: World, process: Process, wish: Wish): Promise<void> {
  const pending = await parts.db.read
    .selectFrom('approvals')
    .select('id')
    .where('agent_id', '=', agents[wish.agent]?.agentId ?? '')
    .where('state', '=', 'pending')
    .execute()
  for (const { id } of pending)
    await process.heard<unknown>(app =>
      wish.approved
        ? approveCall(app, member, { id, extent: { for: 'once' }, address: '' })
        : denyCall(app, member, { id, word: '', address: '' }),
    )
}

function changesOf(wishes: Wish[]): { cancels: Set<Wish>; decisions: Set<Wish> } {
  return {
    cancels: new Set(wishes.filter(({ cancelAfterMs }) => cancelAfterMs !== undefined)),
    decisions: new Set(wishes.filter(({ decideAfterMs }) => decideAfterMs !== undefined)),
  }
}

const after = ({ clock }: World, ms = 0) =>
  ms > 0 ? new Promise<void>(resolve => void clock.after(ms, resolve)) : Promise.resolve()

/** An answer that a key keeps. */
export const isAnswer = ({ outcome }: EndedCall) => outcome.kind !== 'parked' && isForGood(outcome)
