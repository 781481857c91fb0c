import { ensureWorkspace } from '../accounts/workspace.ts'
import { standard } from '../calls/policy/decide-policy.ts'
import { explainPolicy } from '../calls/policy/explain-policy.ts'
import { listRules } from '../calls/policy/list-rules.ts'
import type { RuleMatch } from '../calls/policy/rule.ts'
import { bold, day, dim, print, printJson, printTable } from './print.ts'
import { type Flags, orExit, text, withApp, withDb } from './settings.ts'
import { parseArguments } from './tools.ts'

export async function listRulesCommand(flags: Flags): Promise<void> {
  const items = await withDb(flags, async db => listRules(db, await ensureWorkspace(db, Date.now())))
  if (flags.json) return printJson({ items, standard })
  if (items.length) {
    printTable(
      ['', 'DECISION', 'NAME', 'ENDS (UTC)', 'CALLS'],
      items.map(({ position, decision, name, expiresAt, match }) => [
        String(position),
        decision,
        name,
        expiresAt === null ? 'never' : day(Date.parse(expiresAt)),
        match ? describe(match) : 'cannot be read',
      ]),
    )
    print()
  }
  const rest = Object.entries(standard).map(([effect, decision]) => `${effect} ${decision}`)
  print(dim(`${items.length ? 'Where no rule matches' : 'There are no rules'}: ${rest.join(', ')}.`))
}

export async function explainPolicyCommand(flags: Flags, tool: string, argumentsText = '{}'): Promise<void> {
  const args = orExit(parseArguments(argumentsText), flags)
  const explained = await withApp(flags, app =>
    explainPolicy(app, app.workspaceId, {
      tool,
      arguments: args,
      agentId: text(flags, 'agent'),
      connection: text(flags, 'connection'),
      environment: flags.test ? 'test' : 'live',
    }),
  )
  const { decision, because, steps, notes } = orExit(explained, flags)
  if (flags.json) return printJson(explained)
  print(`${bold(decision)}  ${because}`)
  for (const { rule, matched, why } of steps) print(`  ${matched ? bold(rule.name) : rule.name}  ${dim(why)}`)
  for (const note of notes) print(dim(`Note: ${note}`))
}

function describe(match: RuleMatch): string {
  const parts = Object.entries(match).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return parts.length ? parts.join(', ') : 'all'
}
