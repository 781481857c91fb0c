import { commandLine } from '../accounts/audit.ts'
import { listAgents } from '../accounts/list-agents.ts'
import { removeAgent } from '../accounts/remove-agent.ts'
import { renameAgent } from '../accounts/rename-agent.ts'
import { ensureWorkspace } from '../accounts/workspace.ts'
import { day, print, printJson, printTable } from './print.ts'
import { type Flags, orExit, withDb } from './settings.ts'

const by = { actor: commandLine }

export async function listAgentsCommand(flags: Flags): Promise<void> {
  const { items } = await withDb(flags, async db => listAgents(db, await ensureWorkspace(db, Date.now()), Date.now()))
  if (flags.json) return printJson({ items })
  if (!items.length) return print('There are no agents yet. Pair one: clawlink pair')
  printTable(
    ['ID', 'STATE', 'KEYS', 'MADE (UTC)', 'MADE BY', 'NAME'],
    items.map(({ id, active, keys, createdAt, createdBy, name }) => [
      id,
      active ? 'active' : 'inactive',
      String(keys.filter(({ state }) => state === 'active').length),
      day(Date.parse(createdAt)),
      createdBy ?? 'command line',
      name,
    ]),
  )
}

export async function renameAgentCommand(flags: Flags, id: string, name: string): Promise<void> {
  const renamed = await withDb(flags, async db =>
    renameAgent(db, Date.now(), { workspaceId: await ensureWorkspace(db, Date.now()), id, name, by }),
  )
  const agent = orExit(renamed, flags)
  if (flags.json) return printJson(agent)
  print(`The agent ${agent.id} is called ${agent.name} now.`)
}

export async function removeAgentCommand(flags: Flags, id: string): Promise<void> {
  const removed = await withDb(flags, async db =>
    removeAgent(db, Date.now(), { workspaceId: await ensureWorkspace(db, Date.now()), id, by }),
  )
  const { id: agent, keys } = orExit(removed, flags)
  if (flags.json) return printJson({ id: agent, keys })
  print(`Removed ${agent}: ${keys === 1 ? '1 key was' : `${keys} keys were`} revoked.`)
}
