/** What has to hold of every run, whatever happened in it. Pure: each gives what is wrong, in words. */
import { copyIdFor } from '../../../src/relay/broadcasts/copies.ts'
import type { Change, Holding, Lived, Said } from './life.ts'
import type { Wish } from './plan.ts'
import { deliveriesMax, type World } from './world.ts'

/** Who hears broadcasts, and who the agents are; `marginMs`: how far the clocks of processes may lie apart. */
export type Ground = { agents: readonly { id: string }[]; hearing: readonly number[]; marginMs: number }

/** What is wrong with a run. */
export const wrongIn = ({ agents, hearing, claw }: World, lived: Lived): string[] =>
  // Each process measures the time of PostgreSQL for itself.
  problemsOf(lived, { agents, hearing, marginMs: claw.app.db.dialect === 'postgres' ? 1_000 : 0 })

function problemsOf(lived: Lived, ground: Ground): string[] {
  return [
    ...lived.plan.wishes.flatMap(wish => ofWish(lived, ground, wish)),
    ...[...Map.groupBy(lived.holdings, ({ message }) => message.id).values()].flatMap(ones =>
      ofHolders(lived, ground, ones),
    ),
    ...ofThreads(lived),
    ...ofTasks(lived, ground),
    ...ofRows(lived),
    ...lived.seen,
  ]
}

/** What a message is about, where it says so. */
function markOf({ message: { kind, body } }: Holding): string | undefined {
  const said = Object(body)
  if (kind === 'task') return said.task
  return kind === 'broadcast' ? said.content?.mark : said.mark
}

const aboutOf = ({ message: { kind, body } }: Holding) =>
  Object(kind === 'task' ? Object(body).context : kind === 'broadcast' ? Object(body).content : body)

const isHeard = ({ end }: { end: number }) => end < Number.POSITIVE_INFINITY
const isTold = (said: Said) => said.id !== undefined

/** What was acknowledged to its sender arrives, as it was said, where it was sent to, and as one. */
function ofWish(lived: Lived, ground: Ground, wish: Wish): string[] {
  const wrong: string[] = []
  const says = lived.said.filter(each => each.wish === wish)
  const told = says.filter(isTold)
  const [first] = told
  if (new Set(told.map(({ id }) => id)).size > 1) wrong.push(`two ids: ${wish.mark} ${told.map(({ id }) => id)}`)
  if (new Set(told.map(({ changed }) => changed)).size > 1) wrong.push(`two contents under one id: ${wish.mark}`)
  const isChanged = new Set(says.map(({ changed }) => changed)).size > 1
  for (const { code } of says)
    if (code !== undefined && !(isChanged && code === 'idempotency_conflict'))
      wrong.push(`refused: ${wish.mark} with ${code}`)
  const got = lived.holdings.filter(each => markOf(each) === wish.mark)
  for (const each of got) {
    const about = aboutOf(each)
    if (about.text !== 'x'.repeat(wish.length)) wrong.push(`not as it was said: ${wish.mark}`)
    if (first && about.changed !== first.changed) wrong.push(`not what was acknowledged: ${wish.mark}`)
  }
  if (wish.kind === 'message') wrong.push(...ofMailbox(lived, ground, { wish, to: wish.to, got, first }))
  if (wish.kind === 'broadcast')
    for (const [to] of ground.agents.entries()) {
      const own = got.filter(({ agent }) => agent === to)
      if (ground.hearing.includes(to)) wrong.push(...ofMailbox(lived, ground, { wish, to, got: own, first }))
      else if (own.length) wrong.push(`overheard: ${wish.mark}`)
    }
  if (first?.recipients !== undefined && first.recipients !== ground.hearing.length)
    wrong.push(`${first.recipients} recipients: ${wish.mark}`)
  return wrong
}

/** One message in one mailbox: there once, and received unless its time was over or it was handed out too often. */
function ofMailbox(
  lived: Lived,
  { agents }: Ground,
  { wish, to, got, first }: { wish: Wish; to: number; got: Holding[]; first: Said | undefined },
): string[] {
  const wrong: string[] = []
  const ids = new Set(got.map(({ message }) => message.id))
  if (ids.size > 1 && wish.key !== undefined) wrong.push(`twice: ${wish.mark} as ${[...ids]}`)
  for (const { agent, device } of got) {
    if (agent !== to) wrong.push(`at the wrong agent: ${wish.mark}`)
    if (wish.device !== undefined && device !== wish.device) wrong.push(`at the wrong device: ${wish.mark}`)
  }
  if (!first) return wrong
  const mailbox = agents[to]?.id ?? ''
  // Nobody may have got a copy whose receivers all died.
  const original = lived.broadcasts.find(each => each.id === first.id)
  const id = original ? copyIdFor(original, mailbox) : first.id
  const row = lived.messages.find(each => each.id === id && each.mailbox === mailbox)
  const isOver = row?.state === 'expired' ? wish.expiresInMs !== undefined : row?.state === 'dead'
  if (!row || (row.state !== 'done' && !isOver))
    wrong.push(`lost: ${wish.mark} for ${to}, ${row?.state ?? 'without a row'}`)
  return wrong
}

/** Nobody has what another one has, and nobody gets what was acknowledged. */
function ofHolders({ changes }: Lived, { marginMs }: Ground, ones: Holding[]): string[] {
  const wrong: string[] = []
  const times = ones.map(({ message }) => message.deliveries)
  if (new Set(times).size < times.length) wrong.push(`counted as one: ${ones[0]?.message.id} ${times}`)
  for (const held of ones) {
    const own = changes.filter(({ holding }) => holding === held)
    const acks = own.filter(({ what, code }) => what === 'ack' && code === undefined)
    for (const next of ones.filter(each => isLater(each, held))) {
      const mark = markOf(next) ?? next.message.kind
      const released = own.some(({ what, start }) => what === 'release' && start < next.end)
      if (!released && next.untilMs < leaseEnd(held, own, next) - marginMs) wrong.push(`two holders: ${mark}`)
      if (acks.some(ack => ack.end < next.start)) wrong.push(`handed out after it was acknowledged: ${mark}`)
      if (next.start > held.end && acks.some(ack => ack.start > next.end && acks[0] === ack))
        wrong.push(`acknowledged by one who had lost it: ${mark}`)
    }
  }
  return wrong
}

/** Who waited may hear late of what it got: how often it was handed out tells the order. */
const isLater = (one: Holding, other: Holding) =>
  one.message.deliveries === other.message.deliveries
    ? one.end > other.end
    : one.message.deliveries > other.message.deliveries

/** Until when it was surely the holder's alone, when the next one got it. */
function leaseEnd(held: Holding, own: Change[], next: Holding): number {
  const kept = own.filter(({ what, code, end }) => what === 'extend' && code === undefined && end < next.start)
  return Math.max(held.fromMs, ...kept.map(({ fromMs }) => fromMs)) + held.leaseMs
}

/** Nobody gets the second of a thread before somebody was done with the first, as far as that one could get the first. */
function ofThreads({ plan, said, holdings, changes, messages }: Lived): string[] {
  const inThreads = plan.wishes.filter(({ thread }) => thread !== undefined)
  const wrong: string[] = []
  for (const first of inThreads) {
    const told = said.filter(each => each.wish === first && isTold(each)).toSorted((a, b) => a.end - b.end)[0]
    const state = messages.find(({ id }) => id === told?.id)?.state
    if (!told || state === 'dead' || state === 'expired') continue
    const doneAt = Math.min(
      ...changes.filter(({ what, holding }) => what === 'ack' && markOf(holding) === first.mark).map(ack => ack.start),
    )
    for (const second of inThreads) {
      if (second.to !== first.to || second.thread !== first.thread) continue
      const began = Math.min(...said.filter(({ wish }) => wish === second).map(({ start }) => start))
      if (began <= told.end) continue
      // What is for one device only holds up no other.
      const isBefore = (each: Holding) =>
        each.end < doneAt && (first.device === undefined || first.device === each.device)
      if (holdings.some(each => markOf(each) === second.mark && isBefore(each)))
        wrong.push(`out of order: ${second.mark} before ${first.mark}`)
    }
  }
  return wrong
}

/** A task is done by one, as that one was told, and whoever gave it hears of it once. */
function ofTasks({ plan, said, steps, tasks, holdings, messages }: Lived, { agents }: Ground): string[] {
  const wrong: string[] = []
  for (const wish of plan.wishes.filter(({ kind }) => kind === 'task')) {
    const id = said.find(each => each.wish === wish && isTold(each))?.id
    if (id === undefined) continue
    const row = tasks.find(each => each.id === id)
    const done = steps.filter(each => each.taskId === id && each.step === 'complete' && each.code === undefined)
    const by = new Set(done.map(({ agent }) => agents[agent]?.id))
    if (by.size > 1) wrong.push(`done by two: ${wish.mark}`)
    if (!row || !['completed', 'rejected'].includes(row.state)) wrong.push(`not ended: ${wish.mark} ${row?.state}`)
    if (by.size === 1 && (row?.state !== 'completed' || !by.has(row.to_agent)))
      wrong.push(`not as it was told: ${wish.mark} ${row?.state}`)
    const ends = holdings.filter(
      ({ agent, message }) =>
        agent === wish.from && message.taskId === id && Object(message.body).state === 'completed',
    )
    const updates = new Set(ends.map(({ message }) => message.id))
    if (updates.size > 1) wrong.push(`its end was told twice: ${wish.mark}`)
    const isDead = messages.some(({ kind, state }) => kind === 'task_update' && state === 'dead')
    if (row?.state === 'completed' && updates.size === 0 && !isDead) wrong.push(`nobody was told: ${wish.mark}`)
  }
  return wrong
}

/** Nothing ends that nobody ended. */
function ofRows({ messages, broadcasts, changes, plan }: Lived): string[] {
  const wrong: string[] = []
  const acked = new Set(changes.filter(({ what }) => what === 'ack').map(({ holding }) => holding.message.id))
  for (const { id, kind, state, deliveries } of messages) {
    if (state === 'waiting') wrong.push(`not received: ${kind} ${id}`)
    if (state === 'done' && !acked.has(id) && kind !== 'task') wrong.push(`done without a word: ${kind} ${id}`)
    if (state === 'dead' && deliveries < deliveriesMax) wrong.push(`given up early: ${kind} ${id} after ${deliveries}`)
  }
  const copies = messages.filter(({ kind }) => kind === 'broadcast').length
  const wished = plan.wishes.filter(({ kind }) => kind === 'broadcast').length
  if (broadcasts.some(({ state }) => state !== 'sent')) wrong.push('a broadcast is not at its end')
  if (copies > 0 && wished === 0) wrong.push('copies of nothing')
  return wrong
}

/** What counts as having happened in a run. */
export function happened({ said, holdings, changes, steps, messages }: Lived): string[] {
  return [
    ...said.map(each => `${each.wish.kind} ${isHeard(each) ? (each.code ?? 'acknowledged') : 'cut off'}`),
    ...holdings.flatMap(({ message, fromMs, untilMs, reader }) => [
      message.deliveries > 1 ? 'handed out again' : 'handed out',
      ...(untilMs > fromMs && !reader ? ['waited for'] : []),
      ...(reader ? [message.deliveries > 1 ? 'brought again' : 'brought'] : []),
    ]),
    ...changes.map(({ what, code = 'done' }) => `${what} ${code}`),
    ...steps.map(({ step, code = 'done' }) => `${step} ${code}`),
    ...messages.map(({ state }) => `in the end ${state}`),
  ]
}
