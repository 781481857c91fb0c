import { A2A_CONTENT_TYPE, StreamResponse } from '@a2a-js/sdk'
import { V03PushNotificationSerializer } from '@a2a-js/sdk/compat/v0_3/server'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { version } from '../../core/version.ts'
import type { A2aPushRow } from '../../db/a2a-schema.ts'
import type { JobEnd } from '../../jobs/job.ts'
import { getTask, type TaskDetail, type TaskEvent, taskEventsAfter } from '../tasks/get-task.ts'
import { a2aTask, updatesAfter } from './a2a-task.ts'
import { a2aDevice } from './device.ts'
import { type PushTarget, pushTarget } from './push-configs.ts'
import { seenBy } from './seen-by.ts'

const timeoutMs = 15_000
/** How often it looks by itself, where changes of the task do not tell of themselves. */
const lookEveryMs = 30_000

/**
 * Tells one URL of what happened to a task since it was told last: in order, each at least once. What it throws is tried
 * again. While the agent that asked for it has no key it is told nothing: it could not read the task itself then. Nor once the
 * key that set it is revoked: whoever had that key may have chosen the URL. `again`: it was for this that a task given by
 * other ways than A2A is looked at from time to time.
 */
export async function deliverPush(app: App, id: string): Promise<JobEnd> {
  const row = await app.db.read.selectFrom('a2a_pushes').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return 'done'
  const task = await getTask(app, seenBy(row.workspace_id, row.agent_id), row.task_id)
  const target = await pushTarget(app, row)
  if (task instanceof Fault || !target || !(await mayBeTold(app, row, target))) return 'done'
  // Not those of the task as it is shown, which has the latest only.
  for (let told = row.told_version; told < task.version; ) {
    const events = await taskEventsAfter(app, { id: row.task_id, workspace_id: row.workspace_id }, told)
    for (const event of events) {
      await tell(app, row, target, task, event)
      await noteTold(app, id, event.version)
    }
    told = events.at(-1)?.version ?? task.version
  }
  if (task.endedAt !== null || (await tellsOfItself(app, row.task_id))) return 'done'
  return { againAt: app.clock.now() + lookEveryMs }
}

/** A key that has run out, as one that was replaced does, counts as long as the agent has another. */
async function mayBeTold(
  { db, clock }: App,
  { workspace_id, agent_id }: A2aPushRow,
  { keyId }: PushTarget,
): Promise<boolean> {
  const keys = await db.read
    .selectFrom('keys')
    .select(['id', 'expires_at'])
    .where('workspace_id', '=', workspace_id)
    .where('agent_id', '=', agent_id)
    .where('revoked_at', 'is', null)
    .execute()
  const isThere = keyId === undefined || keys.some(({ id }) => id === keyId)
  return isThere && keys.some(({ expires_at }) => expires_at === null || expires_at > clock.now())
}

const noteTold = ({ db }: App, id: string, version: number) =>
  db.write(tx =>
    tx
      .updateTable('a2a_pushes')
      .set({ told_version: version })
      .where('id', '=', id)
      .where('told_version', '<', version)
      .execute(),
  )

async function tellsOfItself({ db }: App, taskId: string): Promise<boolean> {
  const row = await db.read.selectFrom('relay_tasks').select('from_device').where('id', '=', taskId).executeTakeFirst()
  return row?.from_device === a2aDevice
}

async function tell(app: App, row: A2aPushRow, target: PushTarget, task: TaskDetail, event: TaskEvent): Promise<void> {
  for (const update of updatesAfter({ ...task, history: [event] }, 0)) {
    const { body, contentType } =
      row.wire === '0.3'
        ? new V03PushNotificationSerializer().serialize(update, a2aTask(task))
        : { body: JSON.stringify(StreamResponse.toJSON(update)), contentType: A2A_CONTENT_TYPE }
    const result = await app.net.send({
      method: 'POST',
      url: target.url,
      headers: { 'content-type': contentType, 'user-agent': `clawlink/${version}`, 'a2a-version': row.wire },
      credential: credentialOf(target),
      body,
      redirects: 'none',
      timeoutMs,
    })
    if (result.kind === 'lost') throw new Error(`not delivered: ${result.reason}`)
    if (result.status < 200 || result.status > 299) throw new Error(`not delivered: answered ${result.status}`)
  }
}

/** Both ways of showing that it is from here, where the client named both. */
function credentialOf({ token, authentication }: PushTarget): Record<string, string> {
  return {
    ...(token && { 'x-a2a-notification-token': token }),
    ...(authentication?.scheme && {
      authorization: `${authentication.scheme} ${authentication.credentials}`.trim(),
    }),
  }
}
