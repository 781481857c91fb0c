/**
 * A process that calls a tool of the practice provider: `node renewing-process.ts <data folder> <base URL>`. Says "ready",
 * makes as many calls at once as each line of its input says, and prints how they ended.
 */
import { createInterface } from 'node:readline'
import { openApp } from '../../src/app.ts'
import { callTool } from '../../src/calls/call-tool.ts'
import { Fault } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { addPractice, practiceConfig } from '../kit/practice.ts'

const [dataDir = '', baseUrl = ''] = process.argv.slice(2)
const url = process.env.CLAWLINK_DATABASE_URL
const opened = await openApp({
  ...practiceConfig(dataDir, baseUrl),
  ...(url && { databaseUrl: new Secret(url) }),
})
if (opened instanceof Fault) throw new Error(opened.message)
const { app } = opened
addPractice(app)
const principal = {
  kind: 'agent',
  workspaceId: app.workspaceId,
  agentId: 'agt_1',
  keyId: '',
  environment: 'live',
  scope: {},
  callsPerMinute: null,
  callsPerDay: null,
} as const
console.log('ready')
for await (const line of createInterface(process.stdin)) {
  const call = () => callTool(app, principal, { tool: 'practice_look', arguments: {}, surface: 'cli' })
  const ended = await Promise.all(Array.from({ length: Number(line) }, call))
  const kinds = Map.groupBy(ended, ({ outcome }) => ('fault' in outcome ? outcome.fault.message : outcome.kind))
  console.log(JSON.stringify(Object.fromEntries([...kinds].map(([kind, calls]) => [kind, calls.length]))))
}
await opened.close()
process.exit(0)
