import { commandLine } from '../accounts/audit.ts'
import { createKey, type NewKey } from '../accounts/create-key.ts'
import { listKeys } from '../accounts/list-keys.ts'
import { revokeKey } from '../accounts/revoke-key.ts'
import { rotateKey } from '../accounts/rotate-key.ts'
import { ensureWorkspace } from '../accounts/workspace.ts'
import { Fault } from '../core/errors.ts'
import { bold, day, dim, print, printJson, printTable } from './print.ts'
import { readScopeFlags, scopeWords, wholeNumber } from './read-scope.ts'
import { type Flags, orExit, text, withDb } from './settings.ts'

const dayMs = 24 * 60 * 60 * 1000
const by = { actor: commandLine }

export async function createKeyCommand(flags: Flags): Promise<void> {
  const days = text(flags, 'expires')
  if (days !== undefined && !(Number(days) > 0 && Number(days) <= 3650)) {
    orExit(
      new Fault('validation_error', '--expires takes a number of days up to 3650.', {
        fix: 'For example: --expires 90',
      }),
      flags,
    )
  }
  const callsPerMinute = orExit(wholeNumber(flags, 'perMinute', '--per-minute', [1, 1_000_000]), flags)
  const callsPerDay = orExit(wholeNumber(flags, 'perDay', '--per-day', [1, 1_000_000_000]), flags)
  const made = await withDb(
    flags,
    async db => {
      const now = Date.now()
      const workspaceId = await ensureWorkspace(db, now)
      const environment = flags.test ? 'test' : 'live'
      const scope = await readScopeFlags(db, flags, { workspaceId, environment })
      if (scope instanceof Fault) return scope
      return createKey(db, now, {
        workspaceId,
        agent: text(flags, 'name') ?? '',
        environment,
        scope,
        callsPerMinute,
        callsPerDay,
        by,
        ...(days !== undefined && { expiresInMs: Number(days) * dayMs }),
      })
    },
    'begin',
  )
  show(orExit(made, flags), flags)
}

export async function rotateKeyCommand(flags: Flags, id: string): Promise<void> {
  const overlap = orExit(wholeNumber(flags, 'overlap', '--overlap', [0, 10_080]), flags) ?? 0
  const made = await withDb(flags, async db =>
    rotateKey(db, Date.now(), {
      workspaceId: await ensureWorkspace(db, Date.now()),
      id,
      overlapMs: overlap * 60_000,
      by,
    }),
  )
  show(orExit(made, flags), flags)
  if (!flags.json)
    print(dim(`The old one ends ${overlap ? `in ${overlap} minutes, or earlier if it would have` : 'now'}.`))
}

function show({ key, view, ...about }: NewKey, flags: Flags): void {
  if (flags.json) {
    const { scope, callsPerMinute, callsPerDay, expiresAt } = view
    printJson({ ...about, scope, callsPerMinute, callsPerDay, expiresAt, key: key.reveal() })
    return
  }
  print(`Key for ${bold(about.agent)}, shown only now:\n\n  ${bold(key.reveal())}\n`)
  print(dim(`It may use: ${scopeWords(view.scope)}.`))
  print(dim(`Agents send it as \`Authorization: Bearer <key>\`. \`clawlink keys revoke ${about.id}\` ends it.`))
}

export async function listKeysCommand(flags: Flags): Promise<void> {
  const keys = await withDb(flags, async db => listKeys(db, await ensureWorkspace(db, Date.now()), Date.now()))
  if (flags.json) return printJson({ items: keys })
  if (!keys.length) return print('There are no keys yet. Make one: clawlink keys create --name my-agent')
  printTable(
    ['ID', 'AGENT', 'KEY', 'STATE', 'MADE (UTC)', 'LAST USED (UTC)', 'ENDS (UTC)', 'MAY USE'],
    keys.map(key => [
      key.id,
      key.agent,
      key.key,
      key.state,
      dayOf(key.createdAt) ?? '',
      dayOf(key.lastUsedAt) ?? 'never',
      dayOf(key.expiresAt) ?? 'never',
      scopeWords(key.scope),
    ]),
  )
}

export async function revokeKeyCommand(flags: Flags, id: string): Promise<void> {
  const refused = await withDb(flags, async db =>
    revokeKey(db, Date.now(), { workspaceId: await ensureWorkspace(db, Date.now()), id, by }),
  )
  orExit(refused, flags)
  if (flags.json) return printJson({ id, state: 'revoked' })
  print(`Key ${id} is revoked.`)
}

const dayOf = (iso: string | null) => (iso === null ? undefined : day(Date.parse(iso)))
