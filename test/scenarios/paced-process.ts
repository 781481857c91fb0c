/**
 * A process whose agents call as fast as they may: `node paced-process.ts <settings as JSON>`. Says "ready", begins at a line
 * of its input, ends at the next, and prints how many calls of each agent succeeded.
 */
import { createInterface } from 'node:readline'
import { openApp } from '../../src/app.ts'
import { callTool } from '../../src/calls/call-tool.ts'
import { buildCatalog } from '../../src/catalog/catalog.ts'
import { connectors } from '../../src/connectors/index.ts'
import { configSchema } from '../../src/core/config.ts'
import { Fault } from '../../src/core/errors.ts'

const { agents, requests, windowMs, ...settings } = JSON.parse(process.argv[2] ?? '{}')
const config = configSchema.parse({ ...settings, databaseUrl: process.env.CLAWLINK_DATABASE_URL, logLevel: 'warn' })
const opened = await openApp(config)
if (opened instanceof Fault) throw new Error(opened.message)
const { app, close } = opened
const { sandbox } = connectors
if (!sandbox) throw new Error('there is no sandbox')
// Where the sandbox's limit is known, it is kept from the first call on.
const limits = [{ name: 'all', requests, windowS: windowMs / 1000 }]
const hears = sandbox.api.hears?.map(fact => ({ ...fact, limit: 'all' }))
const limited = { ...sandbox, api: { ...sandbox.api, limits, ...(hears && { hears }) } }
app.catalog = buildCatalog({ ...connectors, sandbox: limited }, config.baseUrls)

const counts: Record<string, number> = {}
let stopped = false
const runAgent = async (agentId: string) => {
  const principal = {
    kind: 'agent',
    workspaceId: app.workspaceId,
    agentId,
    keyId: '',
    environment: 'live',
    scope: {},
    callsPerMinute: null,
    callsPerDay: null,
  } as const
  while (!stopped) {
    const { outcome } = await callTool(app, principal, { tool: 'sandbox_list_folders', arguments: {}, surface: 'rest' })
    if (outcome.kind !== 'succeeded') throw new Error(outcome.fault.message)
    counts[agentId] = (counts[agentId] ?? 0) + 1
  }
}

const lines = createInterface(process.stdin)[Symbol.asyncIterator]()
console.log('ready')
await lines.next()
const running = Promise.all(agents.map(runAgent))
await lines.next()
stopped = true
await running
console.log(JSON.stringify(counts))
await close()
process.exit(0)
