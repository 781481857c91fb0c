import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { RelayMessageRow } from '../../db/relay-schema.ts'
import { agentById } from '../agents/find-recipient.ts'
import { openBody } from '../body.ts'
import { type Priority, priorityOf } from '../priority.ts'

export type MessageRow = Selectable<RelayMessageRow>

/** A message as its receiver gets it. Times are ISO 8601. */
export type Message = {
  id: string
  /** Its place in the mailbox: where a reader goes on from. */
  cursor: string
  kind: RelayMessageRow['kind']
  /** Null for ClawLink itself. */
  from: { id: string; name: string; device: string } | null
  toDevice: string | null
  thread: string | null
  replyTo: string | null
  taskId: string | null
  priority: Priority
  /** Null when it does not open, which the log tells of. */
  body: unknown
  /** How often it was handed out, this time included. */
  deliveries: number
  createdAt: string
  expiresAt: string
  /** Proves that the receiver has it: to be shown when it is acknowledged. Null where it was only read. */
  lease: string | null
  leaseUntil: string | null
}

/** The id of a message to which its sender gave one of its own; of a copy, that of the original. One per sender. Pure. */
export function messageIdFor(workspaceId: string, senderId: string, messageId: string): string {
  return `msg_${digestOf(`${workspaceId}\n${senderId}\n${messageId}`).slice(0, 32)}`
}

export const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** `held`: handed out, and not just read. `known`: what it says, for who has that at hand. */
export async function viewOf(app: App, row: MessageRow, held: boolean, known?: { body: unknown }): Promise<Message> {
  const from = row.from_agent ? await agentById(app, row.workspace_id, row.from_agent) : undefined
  const { isoTime } = app.relay
  return {
    id: row.id,
    cursor: String(row.seq),
    kind: row.kind,
    from: row.from_agent ? { id: row.from_agent, name: from?.name ?? '', device: row.from_device } : null,
    toDevice: row.to_device || null,
    thread: row.thread || null,
    replyTo: row.reply_to || null,
    taskId: row.task_id || null,
    priority: priorityOf(row.lane),
    body: known ? known.body : await bodyOf(app, row),
    deliveries: row.deliveries,
    createdAt: isoTime(row.created_at),
    expiresAt: isoTime(row.expires_at),
    lease: held ? row.lease : null,
    leaseUntil: held ? isoTime(row.lease_until) : null,
  }
}

/** What it says. Large and shared contents are in a row of their own; of a task, only its context is. */
async function bodyOf(app: App, row: MessageRow): Promise<unknown> {
  const own = row.sealed ? await openBody(app, { workspaceId: row.workspace_id, id: row.id }, row.sealed) : undefined
  const content = row.content_id ? await readContent(app, row.workspace_id, row.content_id) : undefined
  if (own instanceof Fault || content instanceof Fault) return null
  if (row.kind === 'task' && content !== undefined) return { ...Object(own), context: content }
  return own ?? content ?? null
}

/** A content that has a row of its own, or undefined when it is forgotten. */
export async function readContent(app: App, workspaceId: string, id: string): Promise<unknown> {
  const row = await app.db.read
    .selectFrom('relay_contents')
    .select('sealed')
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  return row && openBody(app, { workspaceId, id }, row.sealed)
}
