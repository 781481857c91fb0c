import { sql } from 'kysely'
import type { App } from '../../app.ts'
import type { RelayMessageRow } from '../../db/relay-schema.ts'
import type { Box } from '../box.ts'

/** How a message of one's own mailbox stands, for who knows its id and not the lease. */
export type Standing = Pick<RelayMessageRow, 'id' | 'kind' | 'state' | 'lease'> & {
  taskId: string
  /** This device took it, and nobody has got it since. */
  isHeld: boolean
}

/** The messages of this mailbox with these ids, or all that are about one task. */
export async function findHeld(
  { db }: App,
  { agentId, device }: Box,
  which: { ids: readonly string[] } | { taskId: string },
): Promise<Standing[]> {
  const rows = await db.read
    .selectFrom('relay_messages')
    .select(['id', 'kind', 'state', 'lease', 'holder', 'task_id'])
    .$if('ids' in which, q => q.where('id', 'in', 'ids' in which ? which.ids : []))
    // A message that waits and is about a task has an index of its own.
    .$if('taskId' in which, q =>
      q
        .where('task_id', '=', 'taskId' in which ? which.taskId : '')
        .where('task_id', '<>', sql.lit(''))
        .where('state', '=', sql.lit('waiting')),
    )
    .where('mailbox', '=', agentId)
    .execute()
  return rows.map(({ holder, task_id, ...row }) => ({
    ...row,
    taskId: task_id,
    isHeld: row.state === 'waiting' && row.lease !== '' && holder === device,
  }))
}
