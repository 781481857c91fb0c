/** What all runs of a simulation of the relay share: one ClawLink, its clock, and the agents. */
import { sql } from 'kysely'
import type { App } from '../../../src/app.ts'
import { Fault } from '../../../src/core/errors.ts'
import { createLog, type Log } from '../../../src/core/log.ts'
import type { Db, Point } from '../../../src/db/db.ts'
import { registerAgent } from '../../../src/relay/agents/register-agent.ts'
import type { Box } from '../../../src/relay/box.ts'
import { subscribe } from '../../../src/relay/broadcasts/subscribe.ts'
import { startClawLink, type TestClawLink } from '../../kit/clawlink.ts'
import type { MovableClock } from '../../kit/movable-clock.ts'
import { relayAgent } from '../../kit/relay-agent.ts'

export type World = {
  claw: TestClawLink
  clock: MovableClock
  agents: readonly { id: string; name: string }[]
  /** Which of the agents hear what is broadcast. */
  hearing: readonly number[]
  log: Log
  /** Makes each query ready once for all processes. */
  point: Db['point']
  /** Commits on their way, also of processes that have died since. */
  commits: Set<Promise<unknown>>
  /** What happened, and how often. */
  counts: Map<string, number>
  /** So much real time is enough for anything that is under way. */
  patienceMs: number
  /** Makes a process worse, to see that it is noticed. */
  spoil?: (app: App) => App
}

export const topic = 'news'
export const capability = 'build'
/** After so many turns with a receiver that dies, a message is a dead letter. */
export const deliveriesMax = 4
/** How long the relay has an agent for online after its last sign of life, and more. */
const staleMs = 200_000

export const count = ({ counts }: Pick<World, 'counts'>, what: string, by = 1) =>
  counts.set(what, (counts.get(what) ?? 0) + by)

export const boxOf = ({ claw, agents }: Pick<World, 'claw' | 'agents'>, agent: number, device: string): Box => ({
  workspaceId: claw.app.workspaceId,
  agentId: agents[agent]?.id ?? '',
  device,
})

export async function openWorld(): Promise<World> {
  const claw = await startClawLink({
    config: { roles: ['web'], relayDeliveriesMax: deliveriesMax },
    connected: false,
  })
  const agents: { id: string; name: string }[] = []
  for (const name of ['ann', 'bob', 'cid', 'dot']) agents.push(await relayAgent(claw, name))
  const hearing = [0, 1, 2]
  for (const at of hearing) {
    const box = boxOf({ claw, agents }, at, 'desk')
    const done = await subscribe(claw.app, box, { topic, tags: [] })
    const known = await registerAgent(claw.app, box, { capabilities: [capability] })
    if (done instanceof Fault || known instanceof Fault) throw new Error('the world could not be made')
  }
  const log = createLog('silent')
  return {
    claw,
    clock: claw.clock,
    agents,
    hearing,
    log,
    point: pointOnce(claw.app.db),
    commits: new Set(),
    counts: new Map(),
    patienceMs: 10_000,
  }
}

/** To make them ready anew for each of many processes would take longer than what most of those live through. */
function pointOnce(db: Db): Db['point'] {
  const ready = new Map<string, unknown>()
  return <Row>(build: Parameters<Db['point']>[0]) => {
    const { sql: text } = build(db.read).compile()
    if (!ready.has(text)) ready.set(text, db.point(build))
    return ready.get(text) as Point<Row> // what was made of the same text
  }
}

/** No run sees anything of the one before it, so that each can be seen again alone. */
export async function beginAnew({ claw, clock }: World): Promise<void> {
  clock.leap(staleMs)
  await claw.app.relay.presence.flush()
  const now = claw.app.relay.now()
  await claw.app.db.write(async tx => {
    for (const table of ['relay_messages', 'relay_contents', 'relay_tasks', 'relay_task_events'] as const)
      await tx.deleteFrom(table).execute()
    await tx.deleteFrom('relay_broadcasts').execute()
    await sql`update relay_agents set seen_at = ${now}`.execute(tx)
  })
}
