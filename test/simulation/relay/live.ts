import { Fault } from '../../../src/core/errors.ts'
import { broadcast } from '../../../src/relay/broadcasts/broadcast.ts'
import { sweepRelay } from '../../../src/relay/forget-relay.ts'
import { awaitMessages } from '../../../src/relay/messages/await-messages.ts'
import { sendMessage } from '../../../src/relay/messages/send-message.ts'
import { sweepOnce } from '../../../src/relay/sweep.ts'
import { delegateTask } from '../../../src/relay/tasks/delegate-task.ts'
import { lookAtDueTasks } from '../../../src/relay/tasks/due-tasks.ts'
import { mailboxTopic } from '../../../src/relay/wake.ts'
import { during, type Holding, type Life, type Lived, type Said } from './life.ts'
import { type Act, devices, type Fate, type Plan, type Take } from './plan.ts'
import { startProcess } from './process.ts'
import { closeReader, keepAll, leftLying, read } from './readers.ts'
import { received, step } from './received.ts'
import { beginAnew, boxOf, capability, topic, type World } from './world.ts'

const text = (length: number) => 'x'.repeat(length)

/** Lives through one plan, and then, in peace, until everything that was said has been received. */
export async function live(world: World, plan: Plan): Promise<Lived> {
  await beginAnew(world)
  const deaths = plan.processes.map(({ deaths }) => [...deaths])
  const start = (slot: number) =>
    startProcess(world, { death: deaths[slot]?.shift(), skewMs: plan.processes[slot]?.skewMs ?? 0 })
  const life: Life = {
    world,
    plan,
    processes: [],
    readers: [],
    hasEnded: false,
    seen: [],
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
    await keepAll(life)
    await Promise.all([...acts.map(act => perform(life, act)), ...due.map(({ run }) => run())])
    await leftLying(life)
    for (const [slot, process] of life.processes.entries()) {
      if (!process.dead()) continue
      life.hasEnded = true
      life.processes[slot] = await start(slot)
    }
    world.clock.move(thenMs)
    life.turn++
  }
  for (const by of life.processes.keys()) await end(life, by, life.turn % 2 ? 'killed' : 'stops')
  await Promise.all(life.waiting)
  while (world.commits.size) await Promise.allSettled([...world.commits])
  await endInPeace(life, plan)
  const rows = world.claw.app.db.read
  const { said, holdings, changes, steps, seen } = life
  return {
    plan,
    said,
    holdings,
    changes,
    steps,
    seen,
    messages: await rows
      .selectFrom('relay_messages')
      .select(['id', 'mailbox', 'kind', 'state', 'deliveries'])
      .execute(),
    tasks: await rows.selectFrom('relay_tasks').select(['id', 'to_agent', 'state']).execute(),
    broadcasts: await rows
      .selectFrom('relay_broadcasts')
      .select(['id', 'state', 'workspace_id', 'created_at'])
      .execute(),
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
  if (act.kind === 'end') return end(life, act.by, act.how)
  if (act.kind === 'read') return read(life, act)
  if (act.kind === 'tidy') {
    await process?.heard(async app => {
      await lookAtDueTasks(app)
      await sweepRelay(app)
      await sweepOnce(app)
    })
    return
  }
  if (!act.waitMs) return take(life, act)
  life.waiting.push(take(life, act))
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
  if (heard?.told instanceof Fault) throw heard.told
  if (!heard?.told.length || isGone) return
  const holdings = heard.told.map((message): Holding => ({ ...span, agent, device, leaseMs: asked.leaseMs, message }))
  received(life, holdings, { fate, work })
}

/** As a server stops: whoever is connected is let go before anything else. */
async function end(life: Life, by: number, how: 'stops' | 'killed'): Promise<void> {
  const process = life.processes[by]
  if (how === 'stops')
    await Promise.all(
      life.readers.filter(reader => reader.process === process).map(reader => closeReader(life, reader)),
    )
  await process?.end(how)
}
