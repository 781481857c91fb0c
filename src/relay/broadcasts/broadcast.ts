import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { canonicalJson } from '../../core/json.ts'
import { enqueue } from '../../jobs/enqueue.ts'
import { sealText } from '../body.ts'
import type { Box } from '../box.ts'
import { badNames, jsonOf } from '../messages/check-sent.ts'
import { digestOf } from '../messages/message.ts'
import { putMessages } from '../messages/new-message.ts'
import { putContent } from '../put-content.ts'
import { keepMs } from '../retention.ts'
import { copiesAtOnce, copiesFor, copyExpiresAt, type Original, subscribersAfter } from './copies.ts'
import { fanOutKind } from './fan-out.ts'
import { badTopic, tagSet } from './topic.ts'

export type Broadcasting = {
  topic: string
  /** Any JSON, up to 1 MiB. */
  content: unknown
  tags?: string[] | undefined
  /** The sender's own id of it: broadcasting it again then does nothing more. */
  messageId?: string | undefined
}

export type Broadcasted = {
  id: string
  topic: string
  /** `sending` while some of very many subscribers still have to get their copy, which goes on by itself. */
  state: 'sending' | 'sent'
  /** How many subscribers have a copy, so far. */
  recipients: number
  /** How many have none, since their mailbox is full, so far. They can read it in the log. */
  refused: number
  repeated: boolean
}

/**
 * Tells everybody who subscribes to the topic, the sender too when it does. An empty agent stands for ClawLink itself. Resolves
 * once it is durable: each of them then gets one copy in its mailbox, and never two. Where they are many, that goes on after this
 * has resolved, in a job that is stored with the broadcast. Faults: `validation_error`, `payload_too_large`, and
 * `idempotency_conflict` when this sender has broadcast something else under the same `messageId`.
 */
export async function broadcast(app: App, box: Box, said: Broadcasting): Promise<Broadcasted | Fault> {
  const { topic, content, messageId } = said
  const tags = tagSet(said.tags ?? [])
  const bad = badTopic({ topic, tags }) ?? badNames({ messageId })
  if (bad) return bad
  const told = jsonOf(content, 'content')
  if (told instanceof Fault) return told
  if (box.agentId) app.relay.presence.note(box)

  const digest = messageId === undefined ? '' : digestOf(canonicalJson([topic, tags, content]))
  const id = messageId === undefined ? newId('bc', app.clock.now()) : broadcastIdFor(box, messageId)
  const repeated = messageId === undefined ? undefined : await repeatOf(app, { id, digest })
  if (repeated) return repeated

  const json = JSON.stringify({ broadcastId: id, topic, tags, content })
  const original = originalOf(app, box, { id, topic, tags, digest, bytes: Buffer.byteLength(json) })
  const stored = await store(app, original, await sealText(app, { workspaceId: box.workspaceId, id }, json))
  if (stored) return { ...stored, repeated: false }
  // Broadcast twice at the same moment: the other one was first.
  const first = await repeatOf(app, { id, digest })
  if (!first) throw new Error('a broadcast that was there is gone')
  return first
}

/** The id of a broadcast to which its sender gave one of its own. Pure. */
const broadcastIdFor = ({ workspaceId, agentId }: Box, messageId: string) =>
  `bc_${digestOf(`${workspaceId}\n${agentId}\n${messageId}`).slice(0, 32)}`

function originalOf(
  app: App,
  { workspaceId, agentId, device }: Box,
  { id, topic, tags, digest, bytes }: { id: string; topic: string; tags: string[]; digest: string; bytes: number },
): Original {
  const now = app.relay.now()
  return {
    id,
    workspace_id: workspaceId,
    from_agent: agentId,
    from_device: device,
    topic,
    tags: JSON.stringify(tags),
    digest,
    // What it says is in the row that its copies share.
    recipients: 0,
    refused: 0,
    state: 'sending',
    created_at: now,
    expires_at: now + keepMs(app),
    bytes,
  }
}

/** The broadcast with all its copies, or, where they are many, with the job that makes them. Undefined when it was there. */
async function store(
  app: App,
  { bytes, ...row }: Original,
  sealed: string,
): Promise<Omit<Broadcasted, 'repeated'> | undefined> {
  const subscribers = await subscribersAfter(app, { bytes, ...row }, { after: '', limit: copiesAtOnce + 1 })
  const copies = subscribers.length <= copiesAtOnce && (await copiesFor(app, { bytes, ...row }, subscribers))
  const state = copies ? 'sent' : 'sending'
  const recipients = copies ? copies.to.length : 0
  const refused = copies ? copies.refused : 0
  const { id, topic, workspace_id } = row
  const expires_at = copyExpiresAt(app, row.created_at) + keepMs(app)
  const stored = await app.db.together(async tx => {
    const inserted = await tx
      .insertInto('relay_broadcasts')
      .values({ ...row, state, recipients, refused })
      .onConflict(on => on.column('id').doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows !== 1n) return false
    await putContent(tx, { id, workspace_id, sealed, expires_at })
    if (copies) await putMessages(tx, copies.prepared)
    else await enqueue(app, tx, { workspaceId: workspace_id, kind: fanOutKind, subject: id })
    return true
  })
  if (copies && stored) app.relay.wake(copies.to)
  if (copies && !stored) copies.undo()
  return stored ? { id, topic, state, recipients, refused } : undefined
}

async function repeatOf(
  { db }: App,
  { id, digest }: { id: string; digest: string },
): Promise<Broadcasted | Fault | undefined> {
  const known = await db.read
    .selectFrom('relay_broadcasts')
    .select(['id', 'topic', 'digest', 'state', 'recipients', 'refused'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!known) return undefined
  if (known.digest !== digest)
    return new Fault('idempotency_conflict', 'You have broadcast something else under this messageId.', {
      fix: 'Use a new messageId for a new broadcast.',
    })
  const { topic, state, recipients, refused } = known
  return { id, topic, state, recipients, refused, repeated: true }
}
