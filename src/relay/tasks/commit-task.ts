import { type Insertable, sql, type Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { RelayTaskEventRow, RelayTaskRow } from '../../db/relay-schema.ts'
import type { Schema } from '../../db/schema.ts'
import { a2aDevice } from '../a2a/device.ts'
import { tellPushes } from '../a2a/tell-pushes.ts'
import { sealBody } from '../body.ts'
import { type NewMessage, type Prepared, prepareMessages, putMessages } from '../messages/new-message.ts'
import { putContent } from '../put-content.ts'
import { keepMs } from '../retention.ts'

/** A change of a task: all of it is stored, or nothing is. */
export type TaskChange = {
  /** What changes in its row, beside version and time. */
  set: Partial<Omit<RelayTaskRow, 'id' | 'version' | 'updated_at'>>
  step: string
  by: Pick<RelayTaskEventRow, 'by_kind' | 'by_id'>
  /** What was said with it; nothing when empty. */
  said: Record<string, unknown>
  /** Who is told, and how. */
  messages: NewMessage[]
  /** The offer that waits in a mailbox is taken back. */
  withdraw?: boolean
}

/** The row after the change; undefined when somebody else changed the task in the meantime, and then nothing is stored. */
export async function commitTask(app: App, row: RelayTaskRow, change: TaskChange): Promise<RelayTaskRow | undefined> {
  const version = row.version + 1
  const after: RelayTaskRow = { ...row, ...change.set, version, updated_at: app.relay.now() }
  const prepared = await prepareMessages(
    app,
    change.messages.filter(each => !isFollowed(row, each)),
  )
  const event = await eventRow(app, after, change)
  const stored = await app.db.together(async tx => {
    const changed = await tx
      .updateTable('relay_tasks')
      .set({ ...change.set, version, updated_at: after.updated_at })
      .where('id', '=', row.id)
      .where('version', '=', row.version)
      .executeTakeFirst()
    if (changed.numUpdatedRows !== 1n) return false
    await addTo(tx, event, prepared, change.withdraw ? row : undefined)
    if (row.from_device === a2aDevice) await tellPushes(app, tx, row.id)
    return true
  })
  if (!stored) return undefined
  const told = change.messages.map(({ mailbox }) => mailbox)
  // The next of a thread may come where one was taken back.
  app.relay.wake(new Set(change.withdraw && row.to_agent ? [...told, row.to_agent] : told))
  return after
}

/** Whoever gave a task over A2A follows it there: its mailbox is woken, and nothing is put into it that nobody would take. */
const isFollowed = ({ from_device, from_agent, to_agent }: RelayTaskRow, { mailbox, kind }: NewMessage): boolean =>
  from_device === a2aDevice && kind === 'task_update' && mailbox === from_agent && mailbox !== to_agent

/** A task's first row, with its first event and message. False when a task of this id is there already. */
export async function commitNewTask(
  app: App,
  row: RelayTaskRow,
  {
    messages,
    content,
    ...change
  }: Pick<TaskChange, 'step' | 'by' | 'said' | 'messages'> & { content?: string | undefined },
): Promise<boolean> {
  const prepared = await prepareMessages(app, messages)
  const event = await eventRow(app, row, change)
  const expires_at = row.deadline_at + keepMs(app)
  const stored = await app.db.together(async tx => {
    const inserted = await tx
      .insertInto('relay_tasks')
      .values(row)
      .onConflict(on => on.doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows !== 1n) return false
    if (content !== undefined)
      await putContent(tx, { id: row.id, workspace_id: row.workspace_id, sealed: content, expires_at })
    await addTo(tx, event, prepared, undefined)
    return true
  })
  if (stored) app.relay.wake(new Set(messages.map(({ mailbox }) => mailbox)))
  return stored
}

async function addTo(
  tx: Transaction<Schema>,
  event: Insertable<RelayTaskEventRow>,
  prepared: Prepared,
  withdrawn: RelayTaskRow | undefined,
): Promise<void> {
  await tx.insertInto('relay_task_events').values(event).execute()
  if (withdrawn)
    await tx
      .updateTable('relay_messages')
      .set({ state: 'done', problem: 'It was taken back.' })
      .where('task_id', '=', withdrawn.id)
      .where('task_id', '<>', sql.lit(''))
      .where('kind', '=', 'task')
      .where('state', '=', sql.lit('waiting'))
      .execute()
  await putMessages(tx, prepared)
}

async function eventRow(
  app: App,
  { id, workspace_id, version, state, updated_at }: RelayTaskRow,
  { step, by, said }: Pick<TaskChange, 'step' | 'by' | 'said'>,
): Promise<Insertable<RelayTaskEventRow>> {
  const place = { workspaceId: workspace_id, id: `${id}:${version}` }
  const sealed = Object.values(said).some(each => each !== undefined) ? await sealBody(app, place, said) : ''
  return { task_id: id, version, at: updated_at, step, state, ...by, sealed }
}
