import type { App } from '../../../src/app.ts'
import { Fault } from '../../../src/core/errors.ts'
import type { RelayBroadcastRow, RelayMessageRow, RelayTaskRow } from '../../../src/db/relay-schema.ts'
import { broadcast } from '../../../src/relay/broadcasts/broadcast.ts'
import { sweepRelay } from '../../../src/relay/forget-relay.ts'
import { ackMessages } from '../../../src/relay/messages/ack-messages.ts'
import { awaitMessages } from '../../../src/relay/messages/await-messages.ts'
import { extendMessages } from '../../../src/relay/messages/extend-messages.ts'
import type { Message } from '../../../src/relay/messages/message.ts'
import { releaseMessages } from '../../../src/relay/messages/release-messages.ts'
import { sendMessage } from '../../../src/relay/messages/send-message.ts'
import { sweepOnce } from '../../../src/relay/sweep.ts'
import { changeTask } from '../../../src/relay/tasks/change-task.ts'
import { delegateTask } from '../../../src/relay/tasks/delegate-task.ts'
import { lookAtDueTasks } from '../../../src/relay/tasks/due-tasks.ts'
import type { TaskStep } from '../../../src/relay/tasks/task-state.ts'
import { mailboxTopic } from '../../../src/relay/wake.ts'
import { type Act, devices, type Fate, type Plan, type Take, type Wish } from './plan.ts'
import { type Process, startProcess } from './process.ts'
import { beginAnew, boxOf, capability, topic, type World } from './world.ts'

/** When something began, and when somebody heard of its end: never, when the process died before. Ticks count what happens. */
type Span = { start: number; end: number; fromMs: number; untilMs: number }

/** What a sender was told, or that it asked. `code` of a refusal. */
export type Said = Span & { wish: Wish; changed: boolean; id?: string; code?: string; recipients?: number }
/** A message that a receiver was handed. */
export type Holding = Span & { agent: number; device: string; leaseMs: number; message: Message }
/** What became of one at its receiver's wish. */
export type Change = Span & { holding: Holding; what: 'ack' | 'release' | 'extend'; code: string | undefined }
export type Step = Span & { agent: number; taskId: string; step: TaskStep; code: string | undefined }

/** All that came of a run: what everybody was told, and the rows in the end. */
export type Lived = {
  plan: Plan
  said: Said[]
  holdings: Holding[]
  changes: Change[]
  steps: Step[]
  messages: Pick<RelayMessageRow, 'id' | 'mailbox' | 'kind' | 'state' | 'deliveries'>[]
  tasks: Pick<RelayTaskRow, 'id' | 'to_agent' | 'state'>[]
  broadcasts: Pick<RelayBroadcastRow, 'id' | 'state'>[]
}

type Later = { turn: number; run: () => Promise<void> }
type Life = Pick<Lived, 'said' | 'holdings' | 'changes' | 'steps'> & {
  world: World
  processes: Process[]
  turn: number
  /** What receivers still mean to do. */
  later: Later[]
  /** Receivers who wait. */
  waiting: Promise<void>[]
  ticks: number
}

const text = (length: number) => 'x'.repeat(length)

/** Lives through one plan, and then, in peace, until everything that was said has been received. */
export async function live(world: World, plan: Plan): Promise<Lived> {
  await beginAnew(world)
  const deaths = plan.processes.map(({ deaths }) => [...deaths])
  const start = (slot: number) =>
    startProcess(world, { death: deaths[slot]?.shift(), skewMs: plan.processes[slot]?.skewMs ?? 0 })
  const life: Life = {
    world,
    processes: [],
    said: [],
    holdings: [],
    changes: [],
    steps: [],
    turn: 0,
    later: [],
    waiting: [],
    ticks: 0,
  }
  for (const slot of plan.processes.keys()) life.processes.push(await start(slot))
  for (const { acts, thenMs } of plan.turns) {
    const due = life.later.filter(({ turn }) => turn <= life.turn)
    life.later = life.later.filter(each => !due.includes(each))
    await Promise.all([...acts.map(act => perform(life, act)), ...due.map(({ run }) => run())])
    for (const [slot, process] of life.processes.entries()) if (process.dead()) life.processes[slot] = await start(slot)
    world.clock.move(thenMs)
    life.turn++
  }
  for (const process of life.processes) await process.end(life.turn % 2 ? 'killed' : 'stops')
  await Promise.all(life.waiting)
  while (world.commits.size) await Promise.allSettled([...world.commits])
  await endInPeace(life, plan)
  const { read } = world.claw.app.db
  const { said, holdings, changes, steps } = life
  return {
    plan,
    said,
    holdings,
    changes,
    steps,
    messages: await read
      .selectFrom('relay_messages')
      .select(['id', 'mailbox', 'kind', 'state', 'deliveries'])
      .execute(),
    tasks: await read.selectFrom('relay_tasks').select(['id', 'to_agent', 'state']).execute(),
    broadcasts: await read.selectFrom('relay_broadcasts').select(['id', 'state']).execute(),
  }
}

const roundsMax = 40
/** Longer than half of the longest lease. */
const roundMs = 301_000

/** One process lives on, nobody dies any more, and whoever was told nothing says it again. */
async function endInPeace(life: Life, { wishes }: Plan): Promise<void> {
  const { world } = life
  const { db } = world.claw.app
  const last = await startProcess(world, { death: undefined, skewMs: 0 })
  life.processes = [last]
  const told = new Set(life.said.filter(({ end }) => end < Number.POSITIVE_INFINITY).map(({ wish }) => wish))
  for (const wish of wishes)
    if (wish.key && !told.has(wish)) await say(life, { kind: 'say', wish, by: 0, changed: false })
  const fate: Fate = { how: 'ack', turns: 0, by: 0 }
  for (let round = 0; round < roundsMax; round++) {
    const takes = world.agents.flatMap((_, agent) =>
      devices.map(device => {
        const how = { limit: 100, leaseMs: 60_000, waitMs: 0, leaves: false, work: ['complete'] as const }
        return take(life, { kind: 'take', agent, device, by: 0, fate, ...how })
      }),
    )
    await Promise.all(takes)
    await Promise.all(life.later.splice(0).map(({ run }) => run()))
    await perform(life, { kind: 'tidy', by: 0 })
    const open = await db.read.selectFrom('relay_tasks').selectAll().where('ended_at', 'is', null).execute()
    for (const { id, to_agent } of open) {
      const agent = world.agents.findIndex(each => each.id === to_agent)
      if (agent >= 0) await step(life, last, { agent, device: 'desk', taskId: id, step: 'complete' })
    }
    const waiting = db.read.selectFrom('relay_messages').select('id').where('state', '=', 'waiting').limit(1)
    if (!open.length && !(await waiting.executeTakeFirst())) break
    if (!life.holdings.some(({ fromMs }) => fromMs === world.clock.now())) world.clock.leap(roundMs)
    else world.clock.move(1)
  }
  await last.end('stops')
}

async function perform(life: Life, act: Act): Promise<void> {
  const process = life.processes[act.by]
  if (act.kind === 'say') return say(life, act)
  if (act.kind === 'end') return process?.end(act.how)
  if (act.kind === 'tidy') {
    await process?.heard(async app => {
      await lookAtDueTasks(app)
      await sweepRelay(app)
      await sweepOnce(app, undefined, false)
    })
    return
  }
  if (!act.waitMs) return take(life, act)
  life.waiting.push(take(life, act))
}

/** Does it, and notes when it began and when it was heard of. */
async function during<T>(
  life: Life,
  process: Process | undefined,
  act: (app: App) => Promise<T>,
): Promise<{ span: Span; heard: { told: T } | undefined }> {
  const { clock } = life.world
  const span: Span = {
    start: life.ticks++,
    end: Number.POSITIVE_INFINITY,
    fromMs: clock.now(),
    untilMs: Number.POSITIVE_INFINITY,
  }
  const heard = await process?.heard<T>(act)
  if (heard) {
    span.end = life.ticks++
    span.untilMs = clock.now()
  }
  return { span, heard }
}

async function say(life: Life, { wish, by, changed }: Extract<Act, { kind: 'say' }>): Promise<void> {
  const { world } = life
  const { mark, key, thread, priority, expiresInMs } = wish
  const box = boxOf(world, wish.from, 'desk')
  const about = { mark, changed, text: text(wish.length) }
  const to = world.agents[wish.to]?.name ?? ''
  const said: Said = { wish, changed, start: 0, end: Number.POSITIVE_INFINITY, fromMs: 0, untilMs: 0 }
  const { span, heard } = await during<{ id: string; recipients?: number } | Fault>(life, life.processes[by], app => {
    // It may have been stored, whatever becomes of the process.
    life.said.push(said)
    if (wish.kind === 'broadcast') return broadcast(app, box, { topic, content: about, messageId: key })
    if (wish.kind === 'task')
      return delegateTask(app, box, { capability, task: mark, context: about, priority, messageId: key })
    const place = wish.device === undefined ? to : `${to}/${wish.device}`
    return sendMessage(app, box, { to: place, body: about, messageId: key, thread, priority, expiresInMs })
  })
  Object.assign(said, span)
  if (heard?.told instanceof Fault) said.code = heard.told.code
  else if (heard) Object.assign(said, { id: heard.told.id, recipients: heard.told.recipients })
}

async function take(life: Life, { agent, device, by, leaves, fate, work, ...asked }: Take): Promise<void> {
  const { world, turn } = life
  const box = boxOf(world, agent, device)
  let isGone = false
  if (leaves)
    life.later.push({
      turn: turn + 1,
      run: async () => {
        isGone = true
        await life.processes[by]?.heard(async app => app.wakes.emit(mailboxTopic(box.agentId)))
      },
    })
  const process = life.processes[by]
  const { span, heard } = await during(life, process, app => awaitMessages(app, box, { ...asked, gone: () => isGone }))
  if (!heard?.told.length || isGone) return
  const holdings = heard.told.map((message): Holding => ({ ...span, agent, device, leaseMs: asked.leaseMs, message }))
  life.holdings.push(...holdings)
  life.later.push({
    turn: life.turn + fate.turns,
    run: async () => {
      if (fate.how !== 'die' && fate.how !== 'release')
        for (const { message } of holdings)
          if (message.kind === 'task' && message.taskId !== null)
            for (const each of work)
              await step(life, life.processes[fate.by], { agent, device, taskId: message.taskId, step: each })
      await meet(life, fate, holdings)
    },
  })
}

async function meet(life: Life, { how, by }: Fate, holdings: Holding[]): Promise<void> {
  if (how === 'release') return change(life, by, 'release', holdings)
  if (how === 'keep') {
    await change(life, by, 'extend', holdings)
    life.later.push({ turn: life.turn + 1, run: () => change(life, by, 'ack', holdings) })
    return
  }
  if (how !== 'die') await change(life, by, 'ack', holdings)
  if (how === 'ack twice') await change(life, by, 'ack', holdings)
}

async function change(life: Life, by: number, what: Change['what'], holdings: Holding[]): Promise<void> {
  const [first] = holdings
  if (!first) return
  const box = boxOf(life.world, first.agent, first.device)
  const held = holdings.map(({ message }) => ({ id: message.id, lease: message.lease ?? '' }))
  const changes = holdings.map(
    (holding): Change => ({ holding, what, code: 'unheard', start: life.ticks, end: 0, fromMs: 0, untilMs: 0 }),
  )
  const { span, heard } = await during(life, life.processes[by], async app => {
    life.changes.push(...changes)
    if (what === 'ack') return ackMessages(app, box, held)
    if (what === 'release') return releaseMessages(app, box, held)
    return extendMessages(app, box, held, first.leaseMs)
  })
  for (const [at, each] of changes.entries()) {
    const answer = heard?.told[at]
    Object.assign(each, span, heard && { code: answer instanceof Fault ? answer.code : undefined })
  }
}

async function step(
  life: Life,
  process: Process | undefined,
  { agent, device, taskId, step }: { agent: number; device: string; taskId: string; step: TaskStep },
): Promise<void> {
  const box = boxOf(life.world, agent, device)
  const { span, heard } = await during(life, process, app => changeTask(app, box, taskId, { step }))
  life.steps.push({
    ...span,
    agent,
    taskId,
    step,
    code: heard ? (heard.told instanceof Fault ? heard.told.code : undefined) : 'unheard',
  })
}
