import { commandLine } from '../accounts/audit.ts'
import { ensureWorkspace } from '../accounts/workspace.ts'
import { Fault } from '../core/errors.ts'
import { lookUntil } from '../core/look-until.ts'
import { addEndpoint } from '../events/add-endpoint.ts'
import { getDelivery } from '../events/delivery.ts'
import { listEndpoints } from '../events/list-endpoints.ts'
import { eventTypes } from '../events/record-event.ts'
import { removeEndpoint } from '../events/remove-endpoint.ts'
import { testEndpoint } from '../events/test-endpoint.ts'
import { bold, green, print, printJson, printTable, red, yellow } from './print.ts'
import { type Flags, orExit, text, withApp, withDb } from './settings.ts'

const by = { actor: commandLine }

export async function addEndpointCommand(flags: Flags, url: string): Promise<void> {
  const types = (text(flags, 'types') ?? '*').split(',').map(type => type.trim())
  const unknown = types.find(type => type !== '*' && !eventTypes.some(each => each === type))
  if (unknown !== undefined)
    orExit(
      new Fault('validation_error', `There are no events of type "${unknown}".`, { choices: [...eventTypes] }),
      flags,
    )
  const added = orExit(
    await withApp(
      flags,
      app => addEndpoint(app, app.workspaceId, { url, types, about: text(flags, 'about') ?? '' }, by),
      'begin',
    ),
    flags,
  )
  if (flags.json) return printJson(added)
  print(
    `${green('Added')} ${added.id}: ${added.url} is told of ${types.includes('*') ? 'everything' : types.join(', ')}.`,
  )
  print()
  print(`  ${bold(added.secret)}`)
  print()
  print(yellow('Its deliveries are signed with this secret. It is shown only now.'))
}

export async function listEndpointsCommand(flags: Flags): Promise<void> {
  const items = await withDb(flags, async db => listEndpoints(db, await ensureWorkspace(db, Date.now())))
  if (flags.json) return printJson({ items })
  if (!items.length) return print('There are no endpoints yet. Add one: clawlink endpoints add <url>')
  printTable(
    ['ID', 'STATE', 'EVENTS', 'ABOUT', 'URL'],
    items.map(({ id, state, failingSince, types, about, url }) => [
      id,
      failingSince && state === 'on' ? 'failing' : state,
      types.join(','),
      about,
      url,
    ]),
  )
}

export async function removeEndpointCommand(flags: Flags, id: string): Promise<void> {
  const removed = await withApp(flags, app => removeEndpoint(app, { workspaceId: app.workspaceId, id, by }))
  const gone = orExit(removed, flags)
  if (flags.json) return printJson(gone)
  print(`Removed ${gone.id}, its secret and its deliveries.`)
}

/** The server sends it; this waits for what becomes of it. */
export async function testEndpointCommand(flags: Flags, id: string): Promise<void> {
  const ended = await withApp(flags, async app => {
    const queued = await testEndpoint(app, app.workspaceId, id)
    if (queued instanceof Fault) return queued
    return lookUntil(
      app,
      { topic: queued.id, waitMs: 20_000, done: seen => seen instanceof Fault || seen.state !== 'waiting' },
      () => getDelivery(app.db, app.workspaceId, queued.id),
    )
  })
  const delivery = orExit(ended, flags)
  if (flags.json) printJson(delivery)
  else if (delivery.state === 'delivered') print(`${green('Delivered')}: it answered with ${delivery.status}.`)
  else if (delivery.state === 'failed') print(`${red('Failed')}: ${delivery.problem}`)
  else print(yellow('Not sent yet: deliveries are sent by a ClawLink that runs. Start it: clawlink start'))
  if (delivery.state !== 'delivered') process.exitCode = 1
}
