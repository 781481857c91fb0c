import { sql } from 'kysely'
import type { App } from '../../app.ts'
import type { Box } from '../box.ts'
import { type Message, viewOf } from './message.ts'

export type Page = {
  /** The cursor of the last message that is known. */
  after?: string | undefined
  limit: number
}

export type Read = {
  items: Message[]
  /** Where to go on; null when there is nothing more by now. */
  cursor: string | null
}

const seqOf = (cursor: string | undefined) => (cursor !== undefined && /^\d{1,15}$/.test(cursor) ? Number(cursor) : 0)

/**
 * What came into the mailbox after a cursor, in order, also what was acknowledged, for as long as it is kept. Nothing is taken:
 * this is for a receiver that lost what it had, and for looking back. Whoever goes on from the last cursor misses nothing: what
 * is given ends before the first that may still come late.
 */
export async function readMailbox(app: App, box: Box, { after, limit }: Page): Promise<Read> {
  const settled = await app.relay.settled()
  const rows = await app.db.read
    .selectFrom('relay_messages')
    .selectAll()
    .where('mailbox', '=', box.agentId)
    .where('to_device', 'in', ['', box.device])
    .where('seq', '>', seqOf(after))
    .where('seq', '<=', settled)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return pageOf(app, rows, limit)
}

/** A thread in order, as far as this agent has said or was told it; nothing comes late, as in `readMailbox`. */
export async function readThread(app: App, box: Box, thread: string, { after, limit }: Page): Promise<Read> {
  const settled = await app.relay.settled()
  const rows = await app.db.read
    .selectFrom('relay_messages')
    .selectAll()
    .where('workspace_id', '=', box.workspaceId)
    .where('thread', '=', thread)
    .where('thread', '<>', sql.lit(''))
    .where(q => q.or([q('mailbox', '=', box.agentId), q('from_agent', '=', box.agentId)]))
    .where('seq', '>', seqOf(after))
    .where('seq', '<=', settled)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return pageOf(app, rows, limit)
}

async function pageOf(app: App, rows: Parameters<typeof viewOf>[1][], limit: number): Promise<Read> {
  const items = await Promise.all(rows.map(row => viewOf(app, row, false)))
  return { items, cursor: rows.length === limit ? (items.at(-1)?.cursor ?? null) : null }
}
