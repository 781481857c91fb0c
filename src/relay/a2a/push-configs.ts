import { randomUUID } from 'node:crypto'
import type { AuthenticationInfo, TaskPushNotificationConfig } from '@a2a-js/sdk'
import { isPlainText } from '../../accounts/plain-text.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { A2aPushRow } from '../../db/a2a-schema.ts'
import { checkUrl } from '../../events/endpoint.ts'
import { openBody, sealBody } from '../body.ts'
import { runSoon } from './run-soon.ts'
import { pushKind } from './tell-pushes.ts'

/** What is sealed of it. `keyId`: of the key that set it. */
export type PushTarget = { url: string; token: string; authentication?: AuthenticationInfo | undefined; keyId?: string }

type Owner = { workspaceId: string; agentId: string }

const configsMax = 10

const isConfigId = (id: string): boolean => /^[\w.-]{1,100}$/.test(id)

/** What is wrong with it, or the URL as it will be used. */
export function checkPush(app: App, { id, url, token, authentication }: TaskPushNotificationConfig): string | Fault {
  const isHeader = (text: string) => text === '' || isPlainText(text, 2000)
  if (id !== '' && !isConfigId(id))
    return new Fault('validation_error', 'The id of a push notification config must be 1 to 100 letters, digits, _ . -')
  if (!isHeader(token) || !isHeader(authentication?.scheme ?? '') || !isHeader(authentication?.credentials ?? ''))
    return new Fault('validation_error', 'token, scheme and credentials must be up to 2000 printable characters.')
  return checkUrl(app.config, url)
}

/** Tells this URL of what happens to the task from now on; one of the same id and agent is replaced. */
export async function savePush(
  app: App,
  { workspaceId, agentId, keyId }: Owner & { keyId: string },
  task: { id: string; version: number },
  config: TaskPushNotificationConfig,
  wire: string,
): Promise<TaskPushNotificationConfig | Fault> {
  const url = checkPush(app, config)
  if (url instanceof Fault) return url
  const configId = config.id || randomUUID()
  const id = `${task.id}/${configId}`
  const target: PushTarget = { url, token: config.token, authentication: config.authentication, keyId }
  const row: A2aPushRow = {
    id,
    task_id: task.id,
    workspace_id: workspaceId,
    agent_id: agentId,
    sealed: await sealBody(app, { workspaceId, id }, target),
    wire,
    told_version: task.version,
    created_at: app.relay.now(),
  }
  const refused = await app.db.write(async tx => {
    const known = await tx.selectFrom('a2a_pushes').select(['id', 'agent_id']).where('task_id', '=', task.id).execute()
    const same = known.find(each => each.id === id)
    if (same && same.agent_id !== agentId) return idIsTaken(configId)
    if (known.length >= configsMax && !same)
      return new Fault('quota_exceeded', `A task has ${configsMax} push notification configs at most.`)
    await tx
      .insertInto('a2a_pushes')
      .values(row)
      .onConflict(on => on.column('id').doUpdateSet({ sealed: row.sealed, wire }))
      .execute()
    await runSoon(app, tx, { workspaceId, kind: pushKind, subject: id })
    return undefined
  })
  return refused ?? { ...config, id: configId, taskId: task.id, url }
}

/** Whoever gave a task and who is told how it goes may both ask to be told, each of its own. */
const idIsTaken = (configId: string) =>
  new Fault('conflict', `Another agent has a push notification config "${configId}" of this task.`, {
    fix: 'Choose another id, or none.',
  })

/** Those that this agent asked for, oldest first. */
export async function listPushes(app: App, owner: Owner, taskId: string): Promise<TaskPushNotificationConfig[]> {
  const rows = await owned(app, owner, taskId).orderBy('created_at').orderBy('id').execute()
  const configs = await Promise.all(rows.map(row => configOf(app, row)))
  return configs.filter(config => config !== undefined)
}

export async function findPush(
  app: App,
  owner: Owner,
  taskId: string,
  configId: string,
): Promise<TaskPushNotificationConfig | undefined> {
  if (!isConfigId(configId)) return undefined
  const row = await owned(app, owner, taskId).where('id', '=', `${taskId}/${configId}`).executeTakeFirst()
  return row && configOf(app, row)
}

/** Doing it again is harmless. */
export async function deletePush(app: App, owner: Owner, taskId: string, configId: string): Promise<void> {
  if (!isConfigId(configId)) return
  await app.db.write(tx =>
    tx
      .deleteFrom('a2a_pushes')
      .where('id', '=', `${taskId}/${configId}`)
      .where('workspace_id', '=', owner.workspaceId)
      .where('agent_id', '=', owner.agentId)
      .execute(),
  )
}

/** Undefined when it does not open, which the log tells of. */
export async function pushTarget(app: App, { id, workspace_id, sealed }: A2aPushRow): Promise<PushTarget | undefined> {
  const opened = await openBody(app, { workspaceId: workspace_id, id }, sealed)
  return opened instanceof Fault ? undefined : (opened as PushTarget) // as `savePush` seals it
}

const owned = ({ db }: App, { workspaceId, agentId }: Owner, taskId: string) =>
  db.read
    .selectFrom('a2a_pushes')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('workspace_id', '=', workspaceId)
    .where('agent_id', '=', agentId)

async function configOf(app: App, row: A2aPushRow): Promise<TaskPushNotificationConfig | undefined> {
  const target = await pushTarget(app, row)
  if (!target) return undefined
  const { url, token, authentication } = target
  return { tenant: '', id: row.id.slice(row.task_id.length + 1), taskId: row.task_id, url, token, authentication }
}
