import { hostname } from 'node:os'
import { bold, dim, green, plain, print, printJson } from '../print.ts'
import { askRest } from '../rest.ts'
import { type Flags, orExit, text } from '../settings.ts'
import { follow } from './follow.ts'
import { relayServer } from './server.ts'
import { agentShape } from './shapes.ts'
import { wordsIn } from './words-in.ts'

/** Puts this machine's agent on the list of those that can be found. With `--watch` it stays, and shows what arrives. */
export async function registerCommand(flags: Flags): Promise<void> {
  const server = orExit(relayServer(flags), flags)
  const body = {
    name: text(flags, 'name'),
    capabilities: wordsIn(flags, 'capability'),
    machine: text(flags, 'machine') ?? hostname().slice(0, 200),
    description: text(flags, 'description'),
  }
  const agent = orExit(
    await askRest(server, { method: 'PUT', path: '/relay/agents/me', body, shape: agentShape }),
    flags,
  )
  if (flags.watch) {
    if (!flags.json) process.stderr.write(`${green('Registered')} as ${bold(plain(agent.name))} at ${server.url}.\n`)
    return follow(server, flags)
  }
  if (flags.json) return printJson(agent)
  print(`${green('Registered')} as ${bold(plain(agent.name))} at ${server.url}.`)
  const can = agent.capabilities.map(plain).join(', ')
  print(can === '' ? dim('It can do nothing in particular: --capability says what it can.') : `It can: ${can}`)
  print(dim('Others see it online for 120 s after its last sign of life. `clawlink poll --watch` is one.'))
}
