import type { App } from '../../app.ts'
import type { RelayTaskRow } from '../../db/relay-schema.ts'
import { listIn } from '../agents/agent.ts'
import { takeRoomFor } from '../messages/room.ts'
import { chooseAssignee } from './choose-assignee.ts'
import { commitTask, type TaskChange } from './commit-task.ts'
import { lookAgainMs } from './look-at-task.ts'
import { taskBody } from './task.ts'
import { offerMessage, updateMessage } from './task-messages.ts'

/** The agents that have rejected a task: it is not offered to them again. */
export async function whoRejected({ db }: App, { id }: RelayTaskRow): Promise<string[]> {
  const rows = await db.read
    .selectFrom('relay_task_events')
    .select('by_id')
    .where('task_id', '=', id)
    .where('step', '=', 'reject')
    .execute()
  return rows.map(({ by_id }) => by_id)
}

/**
 * Gives a task by capability to the next who can do it; while nobody can, to nobody. Whoever had it can do nothing more about
 * it. One that all have rejected is rejected. Undefined when somebody else has changed the task in the meantime.
 */
export async function passOn(
  app: App,
  row: RelayTaskRow,
  { step, by, said }: Pick<TaskChange, 'step' | 'by' | 'said'>,
): Promise<RelayTaskRow | undefined> {
  const tried = [...new Set([...listIn(row.tried), ...(row.to_agent ? [row.to_agent] : [])])]
  const { workspace_id: workspaceId, capability, from_agent } = row
  const body = await taskBody(app, row)
  const bytes = Buffer.byteLength(JSON.stringify(body))
  const not = [from_agent, ...(await whoRejected(app, row)), ...(step === 'reject' ? [row.to_agent] : [])]
  const next = await chooseAssignee(app, { workspaceId, capability, tried, not, bytes })
  const now = app.relay.now()
  const allRejected = step === 'reject' && next === undefined
  const set: Partial<RelayTaskRow> = allRejected
    ? { state: 'rejected', ended_at: now, lease_until: 0, next_at: now }
    : {
        state: 'submitted',
        to_agent: next ?? '',
        to_device: '',
        tried: JSON.stringify(tried),
        lease_until: next === undefined ? 0 : now + app.config.relayOfferSeconds * 1000,
        next_at: Math.min(
          row.deadline_at,
          now + (next === undefined ? lookAgainMs : app.config.relayOfferSeconds * 1000),
        ),
      }
  const after = { ...row, ...set, version: row.version + 1 }
  const isOffered = next !== undefined
  const tell = updateMessage(app, after, {
    to: row.reply_to,
    from: by.by_kind === 'agent' ? { agentId: by.by_id, device: '' } : { agentId: '', device: '' },
    step,
    said: { ...said, ...(isOffered && { to: next }) },
  })
  // Who has it now may change again and again, so of a full mailbox that is in the history only. That it ended always arrives.
  const isTold = allRejected || !(await takeRoomFor(app, tell))
  return commitTask(app, row, {
    set,
    step,
    by,
    said: { ...said, ...(isOffered && { to: next }) },
    messages: [...(isOffered ? [offerMessage(after, body)] : []), ...(isTold ? [tell] : [])],
    withdraw: true,
  })
}
