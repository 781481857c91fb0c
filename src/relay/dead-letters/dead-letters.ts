import { sql, type Transaction } from 'kysely'
import type { Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Schema } from '../../db/schema.ts'
import { agentById } from '../agents/find-recipient.ts'
import { type Message, type MessageRow, viewOf } from '../messages/message.ts'
import { readProblem } from '../messages/problem.ts'
import { keepMs, messageLastsMs } from '../retention.ts'

/** A message that could not be delivered. */
export type DeadLetter = Message & {
  to: { id: string; name: string }
  /** Why it is here, and what its last receiver said when it gave it back. */
  problem: string
}

export type DeadLetterPage = { after?: string | undefined; limit: number }

const seqOf = (cursor: string | undefined) =>
  cursor !== undefined && /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.MAX_SAFE_INTEGER

/** Dead letters, newest first: all of the workspace for a member, of a key its own mailbox's. */
export async function listDeadLetters(
  app: App,
  principal: Principal,
  { after, limit }: DeadLetterPage,
): Promise<{ items: DeadLetter[]; next: string | null }> {
  const rows = await app.db.read
    .selectFrom('relay_messages')
    .selectAll()
    .where('workspace_id', '=', principal.workspaceId)
    .where('state', '=', sql.lit('dead'))
    // Not by the mailbox's index: there are few dead letters, and a mailbox may have had very many messages.
    .$if(principal.kind === 'agent', q =>
      q.where(sql`mailbox || ''`, '=', principal.kind === 'agent' ? principal.agentId : ''),
    )
    .where('seq', '<', seqOf(after))
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute()
  const items = await Promise.all(rows.slice(0, limit).map(row => viewOfLetter(app, row)))
  return { items, next: rows.length > limit ? (items.at(-1)?.cursor ?? null) : null }
}

async function viewOfLetter(app: App, row: MessageRow): Promise<DeadLetter> {
  const to = await agentById(app, row.workspace_id, row.mailbox)
  return {
    ...(await viewOf(app, row, false)),
    to: { id: row.mailbox, name: to?.name ?? '' },
    problem: await readProblem(app, row),
  }
}

/**
 * Puts a dead letter back into its mailbox, as if it had never been handed out. `conflict` for a task that has ended or that
 * somebody else has by now: its receiver would do it for nothing.
 */
export async function requeueDeadLetter(app: App, workspaceId: string, id: string): Promise<{ id: string } | Fault> {
  const expires_at = app.relay.now() + messageLastsMs(app)
  const row = await app.db.write(async tx => {
    if (await isPast(tx, workspaceId, id))
      return new Fault('conflict', 'The task has ended, or somebody else has it by now.', {
        fix: 'Discard this letter.',
      })
    const requeued = await tx
      .updateTable('relay_messages')
      .set({ state: 'waiting', deliveries: 0, lease: '', lease_until: 0, holder: '', problem: '', expires_at })
      .where('id', '=', id)
      .where('workspace_id', '=', workspaceId)
      .where('state', '=', sql.lit('dead'))
      .returning(['mailbox', 'content_id'])
      .executeTakeFirst()
    // What it says is kept for as long as it may wait now.
    const keptUntil = expires_at + keepMs(app)
    if (requeued?.content_id)
      await tx
        .updateTable('relay_contents')
        .set({ expires_at: keptUntil })
        .where('id', '=', requeued.content_id)
        .where('expires_at', '<', keptUntil)
        .execute()
    return requeued
  })
  if (row instanceof Fault) return row
  if (!row) return noLetter(id)
  app.relay.wake([row.mailbox])
  return { id }
}

async function isPast(tx: Transaction<Schema>, workspaceId: string, id: string): Promise<boolean> {
  const offer = await tx
    .selectFrom('relay_messages as m')
    .leftJoin('relay_tasks as t', 't.id', 'm.task_id')
    .select(['m.mailbox', 't.to_agent', 't.ended_at'])
    .where('m.id', '=', id)
    .where('m.workspace_id', '=', workspaceId)
    .where('m.kind', '=', 'task')
    .where('m.state', '=', sql.lit('dead'))
    .executeTakeFirst()
  return offer !== undefined && (offer.to_agent !== offer.mailbox || offer.ended_at !== null)
}

/** Nobody is to get it any more. */
export async function discardDeadLetter(app: App, workspaceId: string, id: string): Promise<{ id: string } | Fault> {
  const done = await app.db.write(tx =>
    tx
      .updateTable('relay_messages')
      .set({ state: 'done', problem: 'It was discarded.' })
      .where('id', '=', id)
      .where('workspace_id', '=', workspaceId)
      .where('state', '=', sql.lit('dead'))
      .executeTakeFirst(),
  )
  return done.numUpdatedRows === 1n ? { id } : noLetter(id)
}

const noLetter = (id: string) => new Fault('not_found', `There is no dead letter ${id.slice(0, 100)}.`)
