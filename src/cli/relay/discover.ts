import * as z from 'zod'
import { plain, print, printJson, printTable, shortened } from '../print.ts'
import { askRest } from '../rest.ts'
import { type Flags, orExit, text } from '../settings.ts'
import { ago } from './ago.ts'
import { relayServer } from './server.ts'
import { agentShape } from './shapes.ts'

const page = z.object({ items: z.array(agentShape), next: z.string().nullable() })

export async function discoverCommand(flags: Flags): Promise<void> {
  const server = orExit(relayServer(flags), flags)
  const query = new URLSearchParams({ limit: '200' })
  for (const name of ['capability', 'text']) if (text(flags, name)) query.set(name, text(flags, name) ?? '')
  if (flags.online) query.set('online', 'true')
  const items = []
  for (let next: string | null = ''; next !== null; ) {
    if (next) query.set('next', next)
    const found = orExit(await askRest(server, { method: 'GET', path: `/relay/agents?${query}`, shape: page }), flags)
    items.push(...found.items)
    next = found.next
  }
  if (flags.json) return printJson({ items })
  if (!items.length) return print('No agent fits. An agent is found once it has registered: clawlink register')
  const now = Date.now()
  printTable(
    ['AGENT', 'STATUS', 'SEEN', 'MACHINE', 'CAN DO', 'ABOUT'],
    items.map(agent => [
      plain(agent.name),
      agent.status,
      ago(agent.lastSeenAt, now),
      plain(agent.machine),
      shortened(plain(agent.capabilities.join(', ')), 40),
      shortened(plain(agent.description), 60),
    ]),
  )
}
