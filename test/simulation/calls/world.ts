/** What all runs of a simulation of calls share: one ClawLink, its provider, its clock, and who works with them. */
import { Writable } from 'node:stream'
import type { KyselyPlugin } from 'kysely'
import { admitted, knownKey } from '../../../src/accounts/authenticate.ts'
import type { AgentPrincipal, MemberPrincipal } from '../../../src/accounts/principal.ts'
import type { App } from '../../../src/app.ts'
import { buildCatalog } from '../../../src/catalog/catalog.ts'
import { connectors } from '../../../src/connectors/index.ts'
import { Fault } from '../../../src/core/errors.ts'
import { newId } from '../../../src/core/ids.ts'
import { createLog, type Log } from '../../../src/core/log.ts'
import type { Db, Point } from '../../../src/db/db.ts'
import { startClawLink, type TestClawLink } from '../../kit/clawlink.ts'
import { addMember } from '../../kit/member.ts'
import type { MovableClock } from '../../kit/movable-clock.ts'

/** The provider's limit, as its facts state it and as it keeps it. */
export const limit = { requests: 4, windowMs: 3_000 }

/**
 * What is under way just now, and how often that has changed: time passes only while nothing but time is waited for.
 * `reading` may be too high, since a query within another one begins and has no end of its own.
 */
export type Meter = { working: number; reading: number; sending: number; changes: number }

export type World = {
  claw: TestClawLink
  /** What a process of a run is made from. */
  parts: App
  log: Log
  clock: MovableClock
  meter: Meter
  /** The last of them has to ask a member before it changes anything. */
  agents: readonly AgentPrincipal[]
  keys: readonly string[]
  member: MemberPrincipal
  /** What happened, and how often. */
  counts: Map<string, number>
  /** What was logged since the last time. */
  takeLog(): string
  /** Makes a process worse, to see that it is noticed. */
  spoil?: (app: App) => App
}

export const count = ({ counts }: World, what: string, by = 1) => counts.set(what, (counts.get(what) ?? 0) + by)

export async function openWorld(): Promise<World> {
  const claw = await startClawLink({
    // Answers that are small are large here, and those that are too large cost little.
    config: { roles: ['web'], answerBytesMax: 64 * 1024, inlineAnswerBytesMax: 6_000, fileMinutes: 1_000 },
    sandbox: { rateLimit: { requests: limit.requests, perMs: limit.windowMs, sliding: true } },
  })
  const { app, clock } = claw
  const meter: Meter = { working: 0, reading: 0, sending: 0, changes: 0 }
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const names = ['one', 'two', 'asking']
  const keys = [claw.key]
  for (const agent of names) keys.push(await claw.newKey({ agent }))
  const agents = await Promise.all(names.map(name => principalOf(claw, name)))
  const [asking] = agents.slice(-1)
  if (!asking) throw new Error('there is no agent')
  await app.db.insert('rules', {
    id: newId('rule', clock.now()),
    workspace_id: app.workspaceId,
    position: 0,
    name: 'Ask about what this one changes',
    decision: 'ask',
    match: JSON.stringify({ agents: [asking.agentId], effects: ['write', 'destructive'] }),
    created_by: '',
    created_at: clock.now(),
    expires_at: null,
  })
  const { id: personId } = await addMember(app.db, clock.now(), {
    name: 'Ada',
    role: 'owner',
    workspaceId: app.workspaceId,
  })
  const member = { kind: 'member', personId, name: 'Ada', email: '', sessionId: '' } as const
  return {
    claw,
    parts: metered({ ...app, catalog: limited(app) }, meter),
    log: createLog('info', sink),
    clock,
    meter,
    agents,
    keys,
    member: { ...member, workspaceId: app.workspaceId, role: 'owner', environment: 'live' },
    counts: new Map(),
    takeLog: () => lines.splice(0).join(''),
  }
}

async function principalOf({ app, clock }: TestClawLink, agent: string): Promise<AgentPrincipal> {
  const key = await app.db.read
    .selectFrom('keys')
    .innerJoin('agents', 'agents.id', 'keys.agent_id')
    .selectAll('keys')
    .where('agents.name', '=', agent)
    .executeTakeFirstOrThrow()
  const principal = admitted(knownKey(key), clock.now())
  if (principal instanceof Fault) throw principal
  return principal
}

/** The catalogue with a sandbox whose facts state its limit. */
function limited({ config }: App) {
  const { sandbox } = connectors
  if (!sandbox) throw new Error('there is no sandbox')
  const name = 'all'
  const limits = [{ name, requests: limit.requests, windowS: limit.windowMs / 1000 }]
  // Faults tell of other limits than this one, which is the one that holds.
  const hears = (sandbox.api.hears ?? []).map(fact =>
    fact.kind === 'plain' ? { kind: fact.kind, left: fact.left, limit: name } : fact,
  )
  return buildCatalog(
    { ...connectors, sandbox: { ...sandbox, api: { ...sandbox.api, limits, hears } } },
    config.baseUrls,
  )
}

/** The same, but whatever it asks of the database and of the network is counted while it lasts. */
function metered(app: App, meter: Meter): App {
  const { db, net, queries } = app
  async function during<T>(what: 'working' | 'sending', act: () => Promise<T>): Promise<T> {
    meter[what]++
    meter.changes++
    try {
      return await act()
    } finally {
      meter[what]--
      meter.changes++
    }
  }
  const asked = <Row>(point: Point<Row>): Point<Row> => {
    return (...parameters) => {
      const rows = point(...parameters)
      return rows instanceof Promise ? during('working', () => rows) : rows
    }
  }
  const reading: KyselyPlugin = {
    transformQuery({ node }) {
      meter.reading++
      meter.changes++
      return node
    },
    async transformResult({ result }) {
      meter.reading = Math.max(0, meter.reading - 1)
      meter.changes++
      return result
    },
  }
  const counted: Db = {
    ...db,
    read: db.read.withPlugin(reading),
    write: run => during('working', () => db.write(run)),
    insert: (table, row) => during('working', () => db.insert(table, row)),
    change: build => {
      const change = db.change(build)
      return (...parameters) => during('working', () => change(...parameters))
    },
  }
  return {
    ...app,
    db: counted,
    net: { ...net, send: outgoing => during('sending', () => net.send(outgoing)) },
    queries: {
      ...queries,
      connections: {
        ofProvider: asked(queries.connections.ofProvider),
        credential: asked(queries.connections.credential),
      },
      rules: asked(queries.rules),
    },
  }
}
