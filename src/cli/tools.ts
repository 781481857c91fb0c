import { ensureAgent } from '../accounts/agent-named.ts'
import type { AgentPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { CallRequest } from '../calls/call.ts'
import { callTool } from '../calls/call-tool.ts'
import { describeTool, searchTools } from '../calls/describe-tool.ts'
import { isIdempotencyKey } from '../calls/idempotency/key.ts'
import { previewTool } from '../calls/preview-tool.ts'
import { Fault } from '../core/errors.ts'
import { answerCall } from '../http/answer-call.ts'
import { bold, dim, print, printJson, printTable } from './print.ts'
import { type Flags, orExit, text, withApp } from './settings.ts'

/** The command line acts as an agent of its own, so that its calls stand in the usage record too. */
export async function principalOf(app: App, flags: Flags): Promise<AgentPrincipal> {
  const agentId = await ensureAgent(app.db, { workspaceId: app.workspaceId, name: 'Command line' }, app.clock.now())
  return {
    kind: 'agent',
    workspaceId: app.workspaceId,
    agentId,
    keyId: '',
    environment: flags.test ? 'test' : 'live',
    scope: { manageConnections: true },
    callsPerMinute: null,
    callsPerDay: null,
  }
}

export async function searchCommand(flags: Flags, words: string[]): Promise<void> {
  const limit = orExit(parseLimit(text(flags, 'limit') ?? ''), flags)
  const found = await withApp(
    flags,
    async app =>
      searchTools(app, await principalOf(app, flags), {
        query: words.join(' '),
        provider: text(flags, 'provider'),
        limit,
      }),
    'pretend',
  )
  const items = orExit(found, flags)
  if (flags.json) return printJson({ items })
  if (!items.length) return print('No tool fits. Try other words, or `clawlink tools search` alone to list all.')
  printTable(
    ['TOOL', 'EFFECT', 'CONNECTED', 'WHAT IT DOES'],
    items.map(tool => [tool.name, tool.effect, tool.connected ? 'yes' : 'no', tool.about]),
  )
}

export async function describeCommand(flags: Flags, name: string): Promise<void> {
  const tool = orExit(
    await withApp(flags, async app => describeTool(app, await principalOf(app, flags), name), 'pretend'),
    flags,
  )
  if (flags.json) return printJson(tool)
  print(
    `${bold(tool.name)}  ${dim(`${tool.effect}${tool.repeatable ? ', safe to repeat' : ''}${tool.paged ? ', in pages' : ''}`)}\n${tool.about}\n`,
  )
  const required = Array.isArray(tool.inputSchema.required) ? tool.inputSchema.required : []
  const rows = Object.entries(Object(tool.inputSchema.properties)).map(([field, schema]) => {
    const { type, enum: values, description } = Object(schema)
    return [
      field,
      [values ?? type ?? 'any'].flat().join('|'),
      required.includes(field) ? 'required' : '',
      String(description ?? ''),
    ]
  })
  if (rows.length) printTable(['ARGUMENT', 'TYPE', '', 'MEANING'], rows)
  else print('It takes no arguments.')
  print()
  if (!tool.connections.length) return print(`Not connected: clawlink connections add ${tool.provider}`)
  print(`Accounts: ${tool.connections.map(each => `${each.label}${each.isDefault ? ' (default)' : ''}`).join(', ')}`)
}

export async function runToolCommand(
  verb: 'preview' | 'call',
  flags: Flags,
  tool: string,
  argumentsText = '{}',
): Promise<void> {
  const args = orExit(parseArguments(argumentsText), flags)
  const request: CallRequest = {
    tool,
    arguments: args,
    connection: text(flags, 'connection'),
    next: text(flags, 'next'),
    ...(flags.all === true && { all: true }),
    ...(flags.wait === false && { wait: false }),
    idempotencyKey: orExit(keyIn(flags), flags),
    surface: 'cli',
  }
  const answer = await withApp(flags, async app => {
    const principal = await principalOf(app, flags)
    if (verb === 'preview') return previewTool(app, principal, request)
    return answerCall(await callTool(app, principal, request))
  })
  printJson(orExit(answer instanceof Fault && answer.code === 'queued' ? goesOn(answer) : answer, flags))
}

/** A call that goes on by itself is no failure. A server on the same data sends it. */
function goesOn({ message, details: { callId, queue } }: Fault) {
  const fix = `See what becomes of it: clawlink calls wait ${callId}. While no server runs on this data, it waits for one.`
  return { callId, outcome: 'parked', status: 'queued', message, ...(queue && { queue }), fix }
}

function keyIn(flags: Flags): string | undefined | Fault {
  const key = text(flags, 'idempotencyKey')
  if (key === undefined || isIdempotencyKey(key)) return key
  return new Fault('validation_error', '--idempotency-key takes 1 to 255 printable ASCII characters.')
}

function parseLimit(given: string): number | Fault {
  const limit = Number(given)
  const fits = /^\d+$/.test(given) && limit >= 1 && limit <= 100
  return fits ? limit : new Fault('validation_error', '--limit takes a whole number from 1 to 100.')
}

export function parseArguments(json: string): Record<string, unknown> | Fault {
  try {
    const value: unknown = JSON.parse(json)
    if (value && typeof value === 'object' && !Array.isArray(value)) return { ...value }
  } catch {}
  return new Fault('validation_error', 'The arguments are not a JSON object.', {
    fix: `For example: clawlink tools call github_get_issue '{"owner":"octocat","repo":"hello-world","issue_number":1}'`,
  })
}
