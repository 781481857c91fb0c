import type { Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { RelayBroadcastRow } from '../../db/relay-schema.ts'
import { listIn } from '../agents/agent.ts'
import { agentById } from '../agents/find-recipient.ts'
import { openBody } from '../body.ts'
import { says, wordsOf } from './says.ts'

/** A broadcast as the log shows it. Times are ISO 8601. */
export type Broadcast = {
  id: string
  /** Null for ClawLink itself. */
  from: { id: string; name: string; device: string } | null
  topic: string
  tags: string[]
  /** Null when it does not open, which the log tells of. */
  content: unknown
  state: 'sending' | 'sent'
  recipients: number
  refused: number
  createdAt: string
}

export type BroadcastFilter = {
  topic?: string | undefined
  tag?: string | undefined
  /** Words that all have to be somewhere in it. */
  text?: string | undefined
  after?: string | undefined
  limit: number
}

type Row = Omit<RelayBroadcastRow, 'seq'> & { seq: number; sealed: string | null }

const rowsAtOnce = 20
/** One search looks at so much and no more: what follows is behind `next`. */
const rowsMax = 1_000
const sealedMax = 16 * 1024 * 1024

/**
 * What was broadcast in the workspace, newest first, for as long as it is kept. It is sealed where it is stored, so a search
 * opens the newest ones and looks: it gives what it found among some at a time, and `next` is there until all were looked at.
 */
export async function readBroadcasts(
  app: App,
  { workspaceId }: Principal,
  { topic, tag, text = '', after, limit }: BroadcastFilter,
): Promise<{ items: Broadcast[]; next: string | null }> {
  const words = wordsOf(text)
  const items: Broadcast[] = []
  let before = after === undefined ? Number.MAX_SAFE_INTEGER : seqOf(after)
  let looked = 0
  let sealed = 0
  for (;;) {
    const rows = await rowsBefore(app, { workspaceId, topic, before })
    for (const row of rows) {
      before = row.seq
      looked += 1
      sealed += row.sealed?.length ?? 0
      const tags = listIn(row.tags)
      if (tag !== undefined && !tags.includes(tag)) continue
      const content = await contentOf(app, row)
      if (words.length && !says([row.topic, tags, content], words)) continue
      items.push(await viewOfBroadcast(app, row, { tags, content }))
      if (items.length >= limit) return { items, next: String(before) }
    }
    if (rows.length < rowsAtOnce) return { items, next: null }
    if (looked >= rowsMax || sealed >= sealedMax) return { items, next: String(before) }
  }
}

const seqOf = (cursor: string) => (/^\d{1,15}$/.test(cursor) ? Number(cursor) : 0)

function rowsBefore(
  { db }: App,
  { workspaceId, topic, before }: { workspaceId: string; topic: string | undefined; before: number },
): Promise<Row[]> {
  return db.read
    .selectFrom('relay_broadcasts as b')
    .leftJoin('relay_contents as c', 'c.id', 'b.id')
    .select(['b.seq', 'b.id', 'b.workspace_id', 'b.from_agent', 'b.from_device', 'b.topic', 'b.tags', 'b.digest'])
    .select(['b.recipients', 'b.refused', 'b.state', 'b.created_at', 'b.expires_at', 'c.sealed'])
    .where('b.workspace_id', '=', workspaceId)
    .where('b.seq', '<', before)
    .$if(topic !== undefined, q => q.where('b.topic', '=', topic ?? ''))
    .orderBy('b.seq', 'desc')
    .limit(rowsAtOnce)
    .execute()
}

async function contentOf(app: App, { id, workspace_id, sealed }: Row): Promise<unknown> {
  const told = sealed === null ? undefined : await openBody(app, { workspaceId: workspace_id, id }, sealed)
  return told instanceof Fault ? null : (Object(told).content ?? null)
}

async function viewOfBroadcast(
  app: App,
  row: Row,
  { tags, content }: { tags: string[]; content: unknown },
): Promise<Broadcast> {
  const from = row.from_agent ? await agentById(app, row.workspace_id, row.from_agent) : undefined
  return {
    id: row.id,
    from: row.from_agent ? { id: row.from_agent, name: from?.name ?? '', device: row.from_device } : null,
    topic: row.topic,
    tags,
    content,
    state: row.state,
    recipients: row.recipients,
    refused: row.refused,
    createdAt: new Date(row.created_at).toISOString(),
  }
}
