import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { SharedFileVersionRow } from '../../db/shared-file-schema.ts'
import { broadcast } from '../broadcasts/broadcast.ts'
import { everyTopic } from '../broadcasts/topic.ts'
import { factsOf } from './versions.ts'
import type { Writer } from './writer.ts'

/** Who subscribes to it is told of every change of a shared file. */
export const filesTopic = 'files'

/**
 * Broadcasts a change that is committed, in the name of the agent that made it, or of ClawLink where a person did. The event
 * of the change is stored with it and is the record; this is for those who listen, and what goes wrong here harms nothing.
 */
export async function tellSubscribers(app: App, writer: Writer, row: SharedFileVersionRow): Promise<void> {
  const { workspaceId } = writer
  try {
    const subscriber = await app.db.read
      .selectFrom('relay_subscriptions')
      .select('agent_id')
      .where('workspace_id', '=', workspaceId)
      .where('topic', 'in', [filesTopic, everyTopic])
      .limit(1)
      .executeTakeFirst()
    if (!subscriber) return
    const box = { workspaceId, agentId: writer.kind === 'agent' ? writer.id : '', device: writer.device }
    const type = row.change === 'delete' ? 'file.deleted' : 'file.changed'
    const told = await broadcast(app, box, { topic: filesTopic, tags: [type], content: { type, ...factsOf(row) } })
    if (told instanceof Fault)
      app.log.warn({ problem: told.message }, 'a change of a shared file could not be broadcast')
  } catch (cause) {
    app.log.warn({ err: cause }, 'a change of a shared file could not be broadcast')
  }
}
