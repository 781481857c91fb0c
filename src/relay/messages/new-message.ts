import type { Insertable, Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { RelayContentRow, RelayMessageRow } from '../../db/relay-schema.ts'
import type { Schema } from '../../db/schema.ts'
import { sealText } from '../body.ts'
import { laneOf, type Priority } from '../priority.ts'
import { keepMs } from '../retention.ts'
import type { MessageRow } from './message.ts'

/** A message on its way into a mailbox. */
export type NewMessage = {
  /** `newId('msg', …)`, or of `messageIdFor`: one that is there already is not stored again. */
  id: string
  workspaceId: string
  /** Id of the agent that it is for. */
  mailbox: string
  toDevice?: string
  /** Empty for ClawLink itself. */
  from: { agentId: string; device: string }
  kind: RelayMessageRow['kind']
  thread?: string
  replyTo?: string
  taskId?: string
  priority: Priority
  digest?: string
  /** What it says; undefined when `contentId` has all of it. */
  body?: unknown
  /** A row of `relay_contents`, which is there before. */
  contentId?: string
  /** Of what is in that row. */
  contentBytes?: number
  /** Unix milliseconds of the relay's clock. */
  expiresAt: number
}

/** So much JSON is kept in the message's own row; what is larger would be written anew with each change of it. */
export const inlineBytesMax = 2_000

/** The row of a message that waits. `sealed`: of what is in the row itself; `bytes`: of the JSON of all that it says. */
export function messageRow<Sealed>(
  app: App,
  message: NewMessage,
  { sealed, bytes }: { sealed: Sealed; bytes: number },
): Omit<MessageRow, 'seq' | 'sealed'> & { sealed: Sealed } {
  return {
    id: message.id,
    workspace_id: message.workspaceId,
    mailbox: message.mailbox,
    to_device: message.toDevice ?? '',
    from_agent: message.from.agentId,
    from_device: message.from.device,
    kind: message.kind,
    thread: message.thread ?? '',
    reply_to: message.replyTo ?? '',
    task_id: message.taskId ?? '',
    lane: laneOf(message.priority),
    digest: message.digest ?? '',
    sealed,
    content_id: message.contentId ?? '',
    bytes,
    state: 'waiting',
    deliveries: 0,
    lease: '',
    lease_until: 0,
    holder: '',
    problem: '',
    created_at: app.relay.now(),
    expires_at: message.expiresAt,
  }
}

/** Messages that are ready to be put into their mailboxes, with what of them has rows of its own. */
export type Prepared = {
  messages: Insertable<RelayMessageRow>[]
  contents: Insertable<RelayContentRow>[]
}

/** Seals messages. Before the transaction that puts them there: a key for it may have to be made first. */
export async function prepareMessages(app: App, messages: readonly NewMessage[]): Promise<Prepared> {
  const contents: Insertable<RelayContentRow>[] = []
  const rows = messages.map(async message => {
    const { id, workspaceId, body, kind } = message
    const json = body === undefined ? '' : JSON.stringify(body)
    const bytes = Buffer.byteLength(json)
    const sealed = json && (await sealText(app, { workspaceId, id }, json))
    if (bytes <= inlineBytesMax || kind === 'task')
      return messageRow(app, message, { sealed, bytes: bytes + (message.contentBytes ?? 0) })
    const expires_at = message.expiresAt + keepMs(app)
    contents.push({ id, workspace_id: workspaceId, sealed, expires_at })
    return messageRow(app, { ...message, contentId: id }, { sealed: '', bytes })
  })
  return { messages: await Promise.all(rows), contents }
}

/** A statement takes at most 65,535 parameters, and a message is about twenty. */
const rowsPerStatement = 500

/**
 * Puts messages into their mailboxes in the caller's transaction; gives how many were not there already. Nobody is woken
 * before `app.relay.wake`, which the caller calls after the commit. Asks for no room: who needs it asks `takeRoom` before.
 */
export async function putMessages(tx: Transaction<Schema>, { messages, contents }: Prepared): Promise<number> {
  for (const content of contents)
    await tx
      .insertInto('relay_contents')
      .values(content)
      .onConflict(on => on.column('id').doNothing())
      .execute()
  let added = 0
  for (let from = 0; from < messages.length; from += rowsPerStatement) {
    const done = await tx
      .insertInto('relay_messages')
      .values(messages.slice(from, from + rowsPerStatement))
      .onConflict(on => on.column('id').doNothing())
      .executeTakeFirst()
    added += Number(done.numInsertedOrUpdatedRows ?? 0)
  }
  return added
}
