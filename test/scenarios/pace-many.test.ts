/** Many agents, several processes and one provider that counts every request: in real time, since that is what it counts. */
import { expect, test } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { callTool } from '../../src/calls/call-tool.ts'
import { buildCatalog } from '../../src/catalog/catalog.ts'
import { connectors } from '../../src/connectors/index.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Fault } from '../../src/core/errors.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'

const requests = 50
const windowMs = 1_000
/** Enough for a first window, three to measure, and a last one, which ends by and by. */
const total = 6 * requests
const measured = 3 * requests

test('a limit is used up and never exceeded by many agents of several processes, and each agent gets its part', async () => {
  await using claw = await startClawLink({
    sandbox: { now: Date.now, rateLimit: { requests, perMs: windowMs, sliding: true } },
  })
  const processes = claw.app.db.dialect === 'postgres' ? 4 : 1
  const apps = await Promise.all(Array.from({ length: processes }, () => paced(claw)))
  // What the start itself asked of the provider counts no longer, and every process holds its part.
  await new Promise(resolve => setTimeout(resolve, windowMs))
  claw.sandbox.takeRequests()

  let started = 0
  const counts = new Map<string, number>()
  const agent = async (app: App, agentId: string) => {
    while (started < total) {
      started++
      const { outcome } = await call(app, agentId)
      expect(outcome.kind).toBe('succeeded')
      counts.set(agentId, (counts.get(agentId) ?? 0) + 1)
    }
  }
  const agents = Array.from({ length: 16 }, (_, at) => `agt_${at}`)
  await Promise.all(
    agents.flatMap((id, at) => apps.filter((_, of) => at % processes === of).map(app => agent(app.app, id))),
  )
  await Promise.all(apps.map(({ close }) => close()))

  const seen = claw.sandbox.requests
  const times = seen.map(({ atMs }) => atMs)
  // How long the same number of requests takes, wherever one begins to count: it says nothing of how they bunch.
  const spans = times.slice(requests, 2 * requests).map((at, from) => (times[requests + from + measured] ?? 0) - at)
  const tookMs = spans.reduce((sum, span) => sum + span, 0) / spans.length
  const throughput = ((measured / requests) * windowMs) / tookMs
  const least = Math.min(...counts.values()) / (total / agents.length)
  const hist: number[] = []
  for (const t of times) {
    const b = Math.floor((t - (times[0] ?? 0)) / 100)
    hist[b] = (hist[b] ?? 0) + 1
  }
  console.log(
    hist
      .map((v, i) => (v ? `${i}:${v}` : ''))
      .filter(Boolean)
      .join(' '),
  )
  console.log({
    processes,
    tookMs,
    throughput,
    least,
    statuses: Map.groupBy(seen, ({ status }) => status)
      .keys()
      .toArray(),
  })
  expect(seen.map(({ status }) => status)).toEqual(Array(total).fill(200))
  expect(counts.size).toBe(agents.length)
  expect(throughput).toBeGreaterThanOrEqual(0.95)
  expect(least).toBeGreaterThanOrEqual(0.5)
}, 20_000)

/** One more process on the same database, by the clock on the wall, where the sandbox's limit is known. */
async function paced({ app: { config, log } }: TestClawLink): Promise<{ app: App; close(): Promise<void> }> {
  const opened = await openApp(config, { clock: systemClock, log })
  if (opened instanceof Fault) throw new Error(opened.message)
  const { sandbox } = connectors
  if (!sandbox) throw new Error('there is no sandbox')
  const name = 'all'
  const hears = sandbox.api.hears?.map(fact => ({ ...fact, limit: name }))
  const limits = [{ name, requests, windowS: windowMs / 1000 }]
  const limited = { ...sandbox, api: { ...sandbox.api, limits, ...(hears && { hears }) } }
  opened.app.catalog = buildCatalog({ ...connectors, sandbox: limited }, config.baseUrls)
  return opened
}

function call(app: App, agentId: string) {
  return callTool(
    app,
    {
      kind: 'agent',
      workspaceId: app.workspaceId,
      agentId,
      keyId: `key_${agentId}`,
      environment: 'live',
      scope: {},
      callsPerMinute: null,
      callsPerDay: null,
    },
    { tool: 'sandbox_list_folders', arguments: {}, surface: 'rest' },
  )
}
