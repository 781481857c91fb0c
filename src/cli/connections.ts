import { ensureWorkspace } from '../accounts/workspace.ts'
import { addConnection } from '../connections/add-connection.ts'
import { listConnections } from '../connections/list-connections.ts'
import { removeConnection } from '../connections/remove-connection.ts'
import { Fault } from '../core/errors.ts'
import { bold, dim, green, print, printJson, printTable } from './print.ts'
import { readSecret } from './read-secret.ts'
import { type Flags, orExit, text, withApp, withDb } from './settings.ts'

export async function addConnectionCommand(flags: Flags, slug: string): Promise<void> {
  const connection = await withApp(flags, async app => {
    const provider = app.catalog.providers.get(slug)
    if (!provider)
      return new Fault('provider_not_found', `There is no provider "${slug}".`, {
        choices: [...app.catalog.providers.keys()],
      })
    const { name, auth } = provider.connector
    const [{ label, console: page, advice }] = auth
    if (process.stdin.isTTY && !flags.json) {
      if (page) print(`Make a ${label} at ${bold(page)}`)
      if (advice) print(dim(advice))
    }
    const secret = await readSecret(`${name} ${label} (not shown)`)
    if (secret.reveal() === '')
      return new Fault('validation_error', `No ${label} was given.`, {
        fix: `Type it when asked, or pass it on standard input: clawlink connections add ${slug} < file`,
      })
    const environment = flags.test ? 'test' : 'live'
    return addConnection(app, app.workspaceId, {
      provider: slug,
      secret,
      environment,
      label: text(flags, 'label'),
      makeDefault: flags.default === true,
    })
  })
  const added = orExit(connection, flags)
  if (flags.json) return printJson(added)
  print(`${green('Connected')} ${added.provider} as ${bold(added.account.label)} (${added.id}).`)
  print(dim(`See what it can do: clawlink tools search --provider ${added.provider}`))
}

export async function listConnectionsCommand(flags: Flags): Promise<void> {
  const items = await withDb(flags, async db => listConnections(db, await ensureWorkspace(db, Date.now())))
  if (flags.json) return printJson({ items })
  if (!items.length) return print('Nothing is connected yet. For example: clawlink connections add github')
  printTable(
    ['ID', 'PROVIDER', 'LABEL', 'ACCOUNT', 'FOR', 'DEFAULT'],
    items.map(item => [
      item.id,
      item.provider,
      item.label,
      item.account.label,
      item.environment,
      item.isDefault ? 'yes' : '',
    ]),
  )
}

export async function removeConnectionCommand(flags: Flags, id: string): Promise<void> {
  const removed = orExit(
    await withApp(flags, app => removeConnection(app, { workspaceId: app.workspaceId }, id)),
    flags,
  )
  if (flags.json) return printJson(removed)
  print(`Removed ${removed.id} and its credential.`)
}
