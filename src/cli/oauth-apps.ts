import { commandLine } from '../accounts/audit.ts'
import { ensureWorkspace } from '../accounts/workspace.ts'
import { buildCatalog } from '../catalog/catalog.ts'
import { addOAuthApp } from '../connections/oauth-apps/add-oauth-app.ts'
import { listOAuthApps } from '../connections/oauth-apps/list-oauth-apps.ts'
import { listRegistrations } from '../connections/oauth-apps/registrations.ts'
import { removeOAuthApp } from '../connections/oauth-apps/remove-oauth-app.ts'
import { connectors } from '../connectors/index.ts'
import { Fault } from '../core/errors.ts'
import { bold, dim, green, print, printJson, printTable, yellow } from './print.ts'
import { readSecret } from './read-secret.ts'
import { readTextFile } from './read-text-file.ts'
import { type Flags, orExit, text, withApp, withDb } from './settings.ts'

const by = { actor: commandLine }

export async function addOAuthAppCommand(flags: Flags, registration: string): Promise<void> {
  const clientFile = await fileOf(flags, 'file')
  const privateKey = await fileOf(flags, 'keyFile')
  const clientId = text(flags, 'clientId')
  const added = await withApp(
    flags,
    async app => {
      const known = (await listRegistrations(app, app.workspaceId)).find(({ slug }) => slug === registration)
      const asks = known !== undefined && clientFile === undefined && privateKey === undefined && clientId !== undefined
      if (known && !flags.json && !clientFile && process.stdin.isTTY) {
        for (const [index, step] of known.steps.entries()) print(`${index + 1}. ${step}`)
        for (const { title, text: about } of known.warnings) print(`${yellow(title)} ${dim(about)}`)
      }
      if (known && clientId === undefined && clientFile === undefined) {
        const orFile = known.acceptsFile ? ', or --file <path> with the file that the provider gives to download' : ''
        return new Fault('validation_error', 'No client id is given.', { fix: `Give --client-id <id>${orFile}.` })
      }
      const secret = asks ? (await readSecret('Client secret (not shown; empty for none)')).reveal() : ''
      return addOAuthApp(
        app,
        app.workspaceId,
        {
          registration,
          label: text(flags, 'label'),
          clientId,
          clientFile,
          privateKey,
          keyId: text(flags, 'keyId'),
          isDefault: flags.default === true,
          ...(secret !== '' && { clientSecret: secret }),
        },
        by,
      )
    },
    'begin',
  )
  const app = orExit(added, flags)
  if (flags.json) return printJson(app)
  print(`${green('Added')} the OAuth app ${bold(app.label)} for ${app.registrationName} (${app.id}).`)
  for (const warning of app.warnings) print(yellow(warning))
}

export async function listOAuthAppsCommand(flags: Flags): Promise<void> {
  const items = await withDb(flags, async db =>
    listOAuthApps({ db, catalog: buildCatalog(connectors) }, await ensureWorkspace(db, Date.now())),
  )
  if (flags.json) return printJson({ items })
  if (!items.length) return print('There are no OAuth apps yet. Add one: clawlink oauth-apps add <registration>')
  printTable(
    ['ID', 'FOR', 'LABEL', 'CLIENT ID', 'CONNECTIONS', 'DEFAULT'],
    items.map(item => [
      item.id,
      item.registration,
      item.label,
      item.clientId,
      String(item.connections),
      item.isDefault ? 'yes' : '',
    ]),
  )
}

export async function removeOAuthAppCommand(flags: Flags, id: string): Promise<void> {
  const removed = orExit(
    await withApp(flags, app =>
      removeOAuthApp(app, { workspaceId: app.workspaceId, id, by }, { force: flags.force === true }),
    ),
    flags,
  )
  if (flags.json) return printJson(removed)
  print(`Removed ${removed.id} and its secret.`)
  if (removed.connections) print(yellow(`${removed.connections} of the connections have to be reconnected.`))
}

async function fileOf(flags: Flags, name: string): Promise<string | undefined> {
  const path = text(flags, name)
  return path === undefined ? undefined : orExit(await readTextFile(path), flags)
}
