import type { App } from '../app.ts'
import type { ConnectionRow } from '../db/schema.ts'
import { enqueue } from '../jobs/enqueue.ts'
import type { JobKind } from '../jobs/job.ts'
import { lockConnection } from './lock-connection.ts'

const kind = 'check_connection'

/** Has a connection checked in the background. One that waits for that already is not checked twice. */
export async function askForCheck(app: App, connection: ConnectionRow): Promise<void> {
  const { id, workspace_id: workspaceId } = connection
  await app.db.write(async tx => {
    // Who asks for the same takes turns here, so that no two of them are the first.
    const there = await lockConnection(app, tx, id)
    const waiting = await tx
      .selectFrom('jobs')
      .select('id')
      .where('kind', '=', kind)
      .where('subject', '=', id)
      .where('state', '=', 'waiting')
      .executeTakeFirst()
    if (there && !waiting) await enqueue(app, tx, { workspaceId, kind, subject: id })
  })
}

/** `subject` is the connection's id. */
export const checkConnectionJob = (app: App): JobKind => ({
  failuresMax: 3,
  async run({ subject }) {
    const { checkConnection } = await import('./check-connection.ts') // with all that asks providers, when there is something to ask
    await checkConnection(app, { id: subject })
    return 'done'
  },
})
