import { createKey } from '../accounts/create-key.ts'
import { listKeys } from '../accounts/list-keys.ts'
import { revokeKey } from '../accounts/revoke-key.ts'
import { ensureWorkspace } from '../accounts/workspace.ts'
import { Fault } from '../core/errors.ts'
import { bold, day, dim, print, printJson, printTable } from './print.ts'
import { type Flags, orExit, text, withDb } from './settings.ts'

const dayMs = 24 * 60 * 60 * 1000

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
  const made = await withDb(flags, async db => {
    const workspaceId = await ensureWorkspace(db, Date.now())
    const environment = flags.test ? 'test' : 'live'
    const agent = text(flags, 'name') ?? ''
    return createKey(db, Date.now(), {
      workspaceId,
      agent,
      environment,
      ...(days !== undefined && { expiresInMs: Number(days) * dayMs }),
    })
  })
  const { key, ...about } = orExit(made, flags)
  if (flags.json) return printJson({ ...about, key: key.reveal() })
  print(`Key for ${bold(about.agent)}, shown only now:\n\n  ${bold(key.reveal())}\n`)
  print(dim(`Agents send it as \`Authorization: Bearer <key>\`. \`clawlink keys revoke ${about.id}\` ends it.`))
}

export async function listKeysCommand(flags: Flags): Promise<void> {
  const keys = await withDb(flags, async db => listKeys(db, await ensureWorkspace(db, Date.now()), Date.now()))
  if (flags.json) return printJson({ items: keys })
  if (!keys.length) return print('There are no keys yet. Make one: clawlink keys create --name my-agent')
  printTable(
    ['ID', 'AGENT', 'KEY', 'STATE', 'MADE (UTC)', 'ENDS (UTC)'],
    keys.map(key => [
      key.id,
      key.agent,
      key.key,
      key.state,
      day(key.createdAt),
      key.expiresAt === null ? 'never' : day(key.expiresAt),
    ]),
  )
}

export async function revokeKeyCommand(flags: Flags, id: string): Promise<void> {
  orExit(await withDb(flags, async db => revokeKey(db, await ensureWorkspace(db, Date.now()), id, Date.now())), flags)
  if (flags.json) return printJson({ id, state: 'revoked' })
  print(`Key ${id} is revoked.`)
}
