/** Agents that wait at their mailboxes and are brought what comes, as a WebSocket does it. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { createFeed } from '../../../src/http/relay/feed.ts'
import type { Message } from '../../../src/relay/messages/message.ts'
import type { Change, Holding, Life, Reader } from './life.ts'
import type { Moment, Read } from './plan.ts'
import { received } from './received.ts'
import { boxOf, count, deliveriesMax } from './world.ts'

export async function read(life: Life, plan: Read): Promise<void> {
  const process = life.processes[plan.by]
  const box = boxOf(life.world, plan.agent, plan.device)
  const { window, leaseMs } = plan
  let asked = 0
  await process?.heard(async app => {
    const feed = createFeed(app, box, {
      window,
      leaseMs,
      isReady: () => reader.isReady,
      mayStill: () => (++asked % plan.askedEvery ? true : Promise.resolve(true)),
      push: messages => bring(life, reader, messages),
      failed(cause) {
        if (!process.dead()) life.seen.push(`a reader failed: ${cause}`)
      },
    })
    const reader: Reader = { read: plan, process, feed, isOpen: true, isReady: true }
    life.readers.push(reader)
    feed.more()
    for (const { from, until } of plan.pauses) {
      at(life, from, () => {
        reader.isReady = false
      })
      at(life, until, () => {
        reader.isReady = true
        feed.more()
      })
    }
    at(life, plan.closes, () => closeReader(life, reader))
  })
}

function at(life: Life, { turns, steps }: Moment, act: () => void | Promise<void>): void {
  const run = async () => {
    // Some of what is under way goes on within a turn of the event loop, and some with the next one.
    for (let step = 0; step < steps; step++) await (step % 20 === 19 ? nextTurn() : undefined)
    await act()
  }
  if (turns > 0) life.later.push({ turn: life.turn + turns, run })
  else life.waiting.push(run())
}

/** As sockets are swept now and then. */
export async function keepAll({ readers }: Life): Promise<void> {
  for (const { feed, isOpen, process } of readers)
    if (isOpen) await process.heard(async app => feed.keep(app.clock.now()))
}

function bring(life: Life, reader: Reader, messages: readonly Message[]): void {
  const { read, process } = reader
  const { clock, claw } = life.world
  if (process.dead()) return
  if (!reader.isOpen) life.seen.push(`brought to one who is gone: ${messages.map(({ id }) => id)}`)
  const now = clock.now()
  // Since when it has them, they say themselves: they may have been on their way for long.
  const toOurs = clock.now() - claw.app.relay.now()
  const tick = life.ticks++
  const { agent, device, leaseMs } = read
  const holdings = messages.map(
    (message): Holding => ({
      start: tick,
      end: tick,
      fromMs: Date.parse(message.leaseUntil ?? '') - leaseMs + toOurs,
      untilMs: now,
      agent,
      device,
      leaseMs,
      message,
      reader,
    }),
  )
  const left = unended(life, reader, () => true).filter(({ fromMs }) => fromMs + leaseMs > now)
  if (left.length + messages.length > read.window)
    life.seen.push(`more than its window: ${left.length} and ${messages.length} of ${read.window}`)
  received(life, holdings, read)
}

/** What it was brought and, as far as such changes tell, has neither acknowledged nor given back. */
function unended({ holdings, changes }: Life, reader: Reader, counts: (change: Change) => boolean): Holding[] {
  const ended = new Set<Holding>()
  for (const change of changes) if (change.what !== 'extend' && counts(change)) ended.add(change.holding)
  return holdings.filter(each => each.reader === reader && !ended.has(each))
}

const isOver = ({ end }: Change) => end < Number.POSITIVE_INFINITY

export async function closeReader(life: Life, reader: Reader): Promise<void> {
  if (!reader.isOpen || reader.process.dead()) return
  const { feed, process, read } = reader
  const tick = life.ticks++
  reader.isOpen = false
  const span = { start: tick, end: Number.POSITIVE_INFINITY, fromMs: 0, untilMs: 0 }
  // What is just being acknowledged may be given back before.
  for (const holding of unended(life, reader, isOver))
    life.changes.push({ ...span, holding, what: 'release', code: 'closed' })
  const ends = read.closesTwice ? [feed.close(), feed.close()] : [feed.close()]
  const closed = await process.heard(() => within(life.world.patienceMs, Promise.all(ends)))
  if (!closed) return
  if (closed.told === 'never') life.seen.push('a reader that is never closed')
  count(life.world, 'reader closed')
  const { agentId } = boxOf(life.world, read.agent, read.device)
  const leases = life.holdings.flatMap(each => (each.reader === reader ? (each.message.lease ?? []) : []))
  const kept = await life.world.claw.app.db.read
    .selectFrom('relay_messages')
    .select(['id', 'lease', 'holder'])
    .where('mailbox', '=', agentId)
    .where('state', '=', 'waiting')
    .where('lease', '<>', '')
    .where('lease_until', '>', life.world.claw.app.relay.now())
    .execute()
  for (const { id, lease, holder } of kept)
    if (leases.includes(lease) || (read.isAlone && holder === read.device))
      life.seen.push(`kept by one who is gone: ${id}`)
}

async function within<T>(ms: number, act: Promise<T>): Promise<T | 'never'> {
  const ended = new AbortController()
  const never = sleep(ms, 'never' as const, { signal: ended.signal }).catch(() => 'never' as const)
  return Promise.race([act, never]).finally(() => ended.abort())
}

/** Nothing lies in a mailbox while a reader is there that has room for it. */
export async function leftLying(life: Life): Promise<void> {
  // What another process stores, or had under way when it died, comes to light when somebody looks for it.
  if (life.processes.length > 1 || life.hasEnded || life.processes.some(process => process.dead())) return
  for (const reader of life.readers) {
    const takesMore = () => {
      const left = unended(life, reader, isOver)
      return reader.isOpen && reader.isReady && !reader.process.dead() && left.length < reader.read.window
    }
    const until = Date.now() + life.world.patienceMs
    while (takesMore()) {
      const [lying] = await lyingFor(life, reader)
      if (!lying) {
        count(life.world, 'nothing left lying')
        break
      }
      if (Date.now() > until) life.seen.push(`left lying: ${lying.id}`)
      if (Date.now() > until) break
      await nextTurn()
    }
  }
}

function lyingFor({ world }: Life, { read }: Reader) {
  const { db, relay } = world.claw.app
  return db.read
    .selectFrom('relay_messages')
    .select('id')
    .where('mailbox', '=', boxOf(world, read.agent, read.device).agentId)
    .where('state', '=', 'waiting')
    .where('lease', '=', '')
    .where('thread', '=', '')
    .where('to_device', 'in', ['', read.device])
    .where('expires_at', '>', relay.now())
    .where('deliveries', '<', deliveriesMax)
    .limit(1)
    .execute()
}
