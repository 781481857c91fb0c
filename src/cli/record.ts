import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { App } from '../app.ts'
import { callTool } from '../calls/call-tool.ts'
import { Fault } from '../core/errors.ts'
import { answerCall } from '../http/answer-call.ts'
import { problemOf } from '../http/problem.ts'
import { type Cassette, type Exchanged, formatCassette, parseCassette } from '../net/cassette.ts'
import { recordingNet } from '../net/cassette-record.ts'
import type { Blanked } from '../net/cassette-scrub.ts'
import { print, printJson, printTable, yellow } from './print.ts'
import { type Flags, orExit, text, withApp } from './settings.ts'
import { parseArguments, principalOf } from './tools.ts'

type Wish = { tool: string; arguments: Record<string, unknown> }

/** Calls tools as `clawlink tools call` does, and writes what went to their providers and came back into a cassette. */
export async function recordCommand(flags: Flags, words: string[]): Promise<void> {
  const file = text(flags, 'out') ?? ''
  const wishes = orExit(wishesOf(words), flags)
  // Before anything is called: what would then have nowhere to go.
  const before = orExit(cassetteBefore(file, flags), flags)
  const { calls, recorded, count } = await withApp(flags, app => record(app, flags, wishes, before))
  if (count === 0) {
    const { fault } = calls.find(call => 'fault' in call) ?? {}
    orExit(fault ?? new Fault('validation_error', 'These calls sent nothing, so there is nothing to record.'), flags)
  }
  const { cassette, blanked, headersLeftOut } = recorded
  // It may hold what is nobody else's business until somebody looked through it.
  writeFileSync(file, formatCassette(cassette), { mode: 0o600, flag: flags.append || flags.force ? 'w' : 'wx' })
  const added = cassette.exchanges.slice(before?.exchanges.length ?? 0)
  if (flags.json) {
    const told = calls.map(call => ('fault' in call ? { tool: call.tool, error: problemOf(call.fault) } : call))
    return printJson({ file, exchanges: added.map(lineOf), calls: told, blanked, headersLeftOut })
  }
  show(file, added, blanked, headersLeftOut)
  for (const call of calls)
    if ('fault' in call) print(yellow(`${call.tool}: ${call.fault.message} (${call.fault.code})`))
}

async function record(app: App, flags: Flags, wishes: Wish[], before: Cassette | undefined) {
  const principal = await principalOf(app, flags)
  const net = recordingNet(app.net)
  const recording: App = { ...app, net }
  const calls: ({ tool: string; fault: Fault } | { tool: string; outcome: 'succeeded' })[] = []
  for (const wish of wishes) {
    const request = { ...wish, connection: text(flags, 'connection'), surface: 'cli' } as const
    const answer = answerCall(await callTool(recording, principal, request))
    calls.push(
      answer instanceof Fault ? { tool: wish.tool, fault: answer } : { tool: wish.tool, outcome: answer.outcome },
    )
  }
  return { calls, recorded: net.cassette(before), count: net.count() }
}

/** Names of tools, each followed by its arguments if it takes any. */
function wishesOf(words: string[]): Wish[] | Fault {
  const wishes: Wish[] = []
  let takes: Wish | undefined
  for (const word of words) {
    if (!word.startsWith('{')) {
      takes = { tool: word, arguments: {} }
      wishes.push(takes)
      continue
    }
    const args = parseArguments(word)
    if (args instanceof Fault) return args
    if (!takes) return new Fault('validation_error', 'Arguments come after the name of their tool, once for each call.')
    takes.arguments = args
    takes = undefined
  }
  return wishes
}

function cassetteBefore(file: string, flags: Flags): Cassette | undefined | Fault {
  if (!mayBeWritten(file))
    return new Fault('validation_error', `${file} cannot be written.`, {
      fix: 'Name a file in a folder that is there and that you may write to.',
    })
  if (!existsSync(file) || (flags.force && !flags.append)) return undefined
  if (flags.append) return parseCassette(readFileSync(file, 'utf8'))
  return new Fault('conflict', `${file} is there already.`, {
    fix: 'Choose another file, add to it with --append, or replace it with --force.',
  })
}

function mayBeWritten(file: string): boolean {
  const isThere = existsSync(file)
  const place = isThere ? file : dirname(file)
  try {
    accessSync(place, constants.W_OK)
    return statSync(place).isDirectory() !== isThere
  } catch {
    return false
  }
}

const lineOf = ({ request, answer }: Exchanged) => ({
  request: `${request.method} ${request.url}`,
  answer: 'lost' in answer ? answer.lost.reason : String(answer.status),
})

function show(file: string, added: Exchanged[], blanked: Blanked, headersLeftOut: string[]): void {
  printTable(
    ['ANSWER', 'REQUEST'],
    added.map(lineOf).map(({ request, answer }) => [answer, request]),
  )
  const { credentials, fields, tokens } = blanked
  print()
  print(`Recorded in ${file}: ${added.length} ${added.length === 1 ? 'exchange' : 'exchanges'}.`)
  print(
    `Blanked: ${credentials} credentials that were repeated, ${fields} secret fields, ${tokens} that look like tokens.`,
  )
  if (headersLeftOut.length) print(`Headers left out: ${headersLeftOut.join(', ')}.`)
  print(yellow('It holds what the provider answered about this account: look through it before you share it.'))
}
