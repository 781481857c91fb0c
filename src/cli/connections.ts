import { commandLine } from '../accounts/audit.ts'
import { ensureWorkspace } from '../accounts/workspace.ts'
import type { App } from '../app.ts'
import { endWaitingCalls } from '../calls/approvals/end-waiting.ts'
import { buildCatalog, type Provider } from '../catalog/catalog.ts'
import type { Auth } from '../catalog/define.ts'
import { addConnection } from '../connections/add-connection.ts'
import { changeConnection } from '../connections/change-connection.ts'
import type { Connection } from '../connections/connection.ts'
import { fieldsOf } from '../connections/field-values.ts'
import { listConnections } from '../connections/list-connections.ts'
import { needsApp } from '../connections/oauth-apps/registrations.ts'
import { removeConnection } from '../connections/remove-connection.ts'
import { connectors } from '../connectors/index.ts'
import { Fault } from '../core/errors.ts'
import { bold, dim, green, print, printJson, printTable, yellow } from './print.ts'
import { readFields } from './read-fields.ts'
import { type Flags, orExit, reachedAt, settingsOf, text, withApp, withDb } from './settings.ts'

const by = { actor: commandLine }

export async function addConnectionCommand(flags: Flags, slug: string): Promise<void> {
  const added = orExit(await withApp(flags, app => add(app, flags, slug), 'begin'), flags)
  if (flags.json) return printJson(added)
  print(`${green('Connected')} ${added.provider} as ${bold(added.account.label)} (${added.id}).`)
  print(dim(`See what it can do: clawlink tools search --provider ${added.provider}`))
}

async function add(app: App, flags: Flags, slug: string): Promise<Connection | Fault> {
  const provider = app.catalog.providers.get(slug)
  const way = text(flags, 'way')
  const secretRef = text(flags, 'secretRef')
  const wanted = {
    provider: slug,
    way,
    secretRef,
    environment: flags.test ? ('test' as const) : ('live' as const),
    label: text(flags, 'label'),
    makeDefault: flags.default === true,
  }
  const auth = provider && wayToAsk(provider, way)
  // What cannot be asked for here is refused there, in the same words as over HTTP.
  if (!auth || needsApp(auth)) return addConnection(app, app.workspaceId, wanted, by)
  if (process.stdin.isTTY && !flags.json) tell(auth)
  const asked = Object.entries(fieldsOf(provider, auth)).filter(([, { secret }]) => !(secretRef && secret))
  // A secret that is read elsewhere may bring all the rest with it.
  const piped = secretRef !== undefined && !process.stdin.isTTY
  const fields = asked.length && !piped ? await readFields(Object.fromEntries(asked), provider.connector.name) : {}
  if (fields instanceof Fault) return fields
  if (!secretRef && asked.length && !Object.keys(fields).length) {
    return new Fault('validation_error', `No ${auth.label} was given.`, {
      fix: `Type it when asked, or pass it on standard input: clawlink connections add ${slug} < file`,
    })
  }
  return addConnection(app, app.workspaceId, { ...wanted, way: auth.id, fields }, by)
}

function wayToAsk({ connector }: Provider, way: string | undefined): Auth | undefined {
  if (way !== undefined) return connector.auth.find(({ id }) => id === way)
  return connector.auth.find(auth => !needsApp(auth)) ?? connector.auth[0]
}

function tell({ label, console: page, advice }: Auth): void {
  if (page) print(`Make a ${label} at ${bold(page)}`)
  if (advice) print(dim(advice))
}

export async function listConnectionsCommand(flags: Flags): Promise<void> {
  const config = settingsOf(flags)
  const { items } = await withDb(flags, async db => {
    const catalog = buildCatalog(connectors, config.baseUrls)
    const workspaceId = await ensureWorkspace(db, Date.now())
    return listConnections({ db, catalog, url: () => reachedAt(config) }, { workspaceId })
  })
  if (flags.json) return printJson({ items })
  if (!items.length) return print('Nothing is connected yet. For example: clawlink connections add github')
  printTable(
    ['ID', 'PROVIDER', 'LABEL', 'ACCOUNT', 'FOR', 'STATE', 'DEFAULT'],
    items.map(item => [
      item.id,
      item.provider,
      item.label,
      item.account.label,
      item.environment,
      item.state,
      item.isDefault ? 'yes' : '',
    ]),
  )
  for (const { id, state, stateReason, reconnectLink } of items)
    if (state !== 'healthy') print(`${yellow(id)} ${stateReason} ${dim(`Reconnect it: ${reconnectLink}`)}`)
}

export async function changeConnectionCommand(flags: Flags, id: string): Promise<void> {
  const label = text(flags, 'label')
  const isDefault = typeof flags.default === 'boolean' ? flags.default : undefined
  if (label === undefined && isDefault === undefined) {
    const fix = 'Say what: --label, --default or --no-default.'
    orExit(new Fault('validation_error', 'There is nothing to change.', { fix }), flags)
  }
  const changed = orExit(
    await withApp(flags, app =>
      changeConnection(app, { workspaceId: app.workspaceId }, { id, change: { label, isDefault }, by }),
    ),
    flags,
  )
  if (flags.json) return printJson(changed)
  print(`${changed.id} is called ${bold(changed.label)}${changed.isDefault ? ' and is the default' : ''}.`)
}

export async function removeConnectionCommand(flags: Flags, id: string): Promise<void> {
  const removed = orExit(
    await withApp(flags, app =>
      removeConnection(
        app,
        { workspaceId: app.workspaceId },
        { id, by, endWaiting: (tx, connectionId) => endWaitingCalls(app, tx, connectionId) },
      ),
    ),
    flags,
  )
  if (flags.json) return printJson(removed)
  print(`Removed ${removed.id} and its credential.`)
  if (removed.revoked) print('Its access was ended at the provider too.')
  if (removed.advice) print(removed.revoked === false ? yellow(removed.advice) : removed.advice)
}
