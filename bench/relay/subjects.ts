import { writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeKey } from '../../src/accounts/create-key.ts'
import { openApp } from '../../src/app.ts'
import { configSchema } from '../../src/core/config.ts'
import { Fault } from '../../src/core/errors.ts'
import { programPath, type Server, startServer } from '../subjects/server.ts'
import { startFlags } from '../subjects/start-flags.ts'
import type { BenchAgent } from './line.ts'

/** A ClawLink with default settings on an empty folder, and so many agents with a key each. */
export async function startRelayClawlink(
  folder: string,
  { agents: count, entry, nodeFlags }: { agents: number; entry: string | undefined; nodeFlags: readonly string[] },
): Promise<{ server: Server; agents: BenchAgent[] }> {
  const home = join(folder, 'clawlink')
  const store = join(home, 'store')
  await mkdir(home, { recursive: true })
  const agents = await makeAgents(store, join(home, 'keyring.json'), count)
  const kept = Object.entries(process.env).filter(([name]) => !/^(CLAWLINK_|XDG_|NODE_)/.test(name))
  const server = await startServer({
    name: 'clawlink',
    folder,
    healthPath: '/api/v1/health',
    environment: { ...Object.fromEntries(kept), HOME: home },
    command: port => [
      ...startFlags,
      ...nodeFlags,
      entry ?? fileURLToPath(new URL('../../bin/clawlink.mjs', import.meta.url)),
      'start',
      ...['--port', String(port), '--data', store, '--keyring-file', join(home, 'keyring.json')],
    ],
  })
  return { server, agents }
}

async function makeAgents(dataDir: string, keyringFile: string, count: number): Promise<BenchAgent[]> {
  const opened = await openApp(configSchema.parse({ dataDir, keyringFile, logLevel: 'silent' }))
  if (opened instanceof Fault) throw new Error(opened.message)
  const { app, close } = opened
  const agents = await app.db.write(async tx => {
    const made: BenchAgent[] = []
    for (let at = 0; at < count; at++) {
      const name = `agent-${at}`
      const key = await makeKey(tx, Date.now(), { workspaceId: app.workspaceId, agent: name, environment: 'live' })
      if (key instanceof Fault) throw new Error(key.message)
      made.push({ name, key: key.key.reveal() })
    }
    return made
  })
  await close()
  return agents
}

/** The bare relay, which knows the same agents. */
export async function startMemoryRelay(folder: string, agents: readonly BenchAgent[]): Promise<Server> {
  const keysFile = join(folder, 'memory-relay-keys.json')
  writeFileSync(keysFile, JSON.stringify(agents), { mode: 0o600 })
  return startServer({
    name: 'memory-relay',
    folder,
    healthPath: '/',
    command: port => [programPath('../relay/memory-relay.ts'), String(port), keysFile],
  })
}
