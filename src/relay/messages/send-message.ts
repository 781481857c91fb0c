import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { canonicalJson } from '../../core/json.ts'
import { findRecipient, type Recipient } from '../agents/find-recipient.ts'
import { sealText, toSeal } from '../body.ts'
import type { Box } from '../box.ts'
import type { Priority } from '../priority.ts'
import { putContent } from '../put-content.ts'
import { keepMs, messageLastsMs } from '../retention.ts'
import { badNames, jsonOf } from './check-sent.ts'
import { digestOf, messageIdFor, viewOf } from './message.ts'
import { inlineBytesMax, messageRow, type NewMessage } from './new-message.ts'
import { freeRoom, takeRoom } from './room.ts'

export type Sending = {
  /** An agent's id or name, or `name/device`. */
  to: string
  /** Any JSON, up to 1 MiB. */
  body: unknown
  /** The sender's own id of it: sending it again then does nothing more. */
  messageId?: string | undefined
  /** Messages of one thread arrive in order, one after the other. */
  thread?: string | undefined
  /** The id of the message that it answers. */
  replyTo?: string | undefined
  priority?: Priority | undefined
  /** How long it may wait; otherwise as the setting `relayMessageHours` says. */
  expiresInMs?: number | undefined
}

export type Sent = { id: string; to: { id: string; name: string }; thread: string | null; repeated: boolean }

const expiresMaxMs = 30 * 24 * 60 * 60 * 1000

/**
 * Sends a message to another agent. Resolves once it is durable, and only then is it acknowledged. Faults: `not_found` for an
 * agent that is not there, `quota_exceeded` for a full mailbox, `idempotency_conflict` when this sender has said something
 * else under the same `messageId`.
 */
export async function sendMessage(app: App, box: Box, sending: Sending): Promise<Sent | Fault> {
  const { messageId, thread, replyTo } = sending
  const bad = badNames({ to: sending.to, messageId, thread, replyTo })
  if (bad) return bad
  const json = jsonOf(sending.body, 'body')
  if (json instanceof Fault) return json
  app.relay.presence.note(box)
  const to = await findRecipient(app, box.workspaceId, sending.to)
  if (to instanceof Fault) return to

  const digest = messageId === undefined ? '' : digestOfSent(to, sending)
  const id =
    messageId === undefined ? newId('msg', app.clock.now()) : messageIdFor(box.workspaceId, box.agentId, messageId)
  const repeated = messageId === undefined ? undefined : await repeatOf(app, to, { id, digest })
  if (repeated) return repeated
  const bytes = Buffer.byteLength(json)
  const full = await takeRoom(app, to, bytes)
  if (full) return full

  const expiresAt = app.relay.now() + Math.min(sending.expiresInMs ?? messageLastsMs(app), expiresMaxMs)
  const message: NewMessage = {
    id,
    workspaceId: box.workspaceId,
    mailbox: to.id,
    toDevice: to.device,
    from: box,
    kind: 'message',
    ...(thread !== undefined && { thread }),
    ...(replyTo !== undefined && { replyTo }),
    priority: sending.priority ?? 'normal',
    digest,
    body: sending.body,
    expiresAt,
  }
  try {
    await (bytes <= inlineBytesMax ? put(app, message, json) : putLarge(app, message, json))
  } catch (cause) {
    freeRoom(app, to.id, 1, bytes)
    // Sent twice at the same moment: the other one was first.
    const first = messageId === undefined ? undefined : await repeatOf(app, to, { id, digest })
    if (first) return first
    throw cause
  }
  return { id, to: { id: to.id, name: to.name }, thread: thread ?? null, repeated: false }
}

const digestOfSent = (to: Recipient, { body, thread = '', replyTo = '' }: Sending) =>
  digestOf(canonicalJson([to.id, to.device, thread, replyTo, body]))

async function repeatOf(
  app: App,
  to: Recipient,
  { id, digest }: { id: string; digest: string },
): Promise<Sent | Fault | undefined> {
  const [known] = await app.relay.queries.message(id)
  if (!known) return undefined
  if (known.digest !== digest)
    return new Fault('idempotency_conflict', 'You have sent something else under this messageId.', {
      fix: 'Use a new messageId for a new message.',
    })
  return { id, to: { id: to.id, name: to.name }, thread: known.thread || null, repeated: true }
}

/** Of a thread only the first one that waits may be handed out, which is not known here. */
async function put(app: App, message: NewMessage, json: string): Promise<void> {
  const { workspaceId, id, mailbox, toDevice = '', thread, body } = message
  const asked = toSeal(app, { workspaceId, id }, json)
  const sealed = asked instanceof Promise ? await asked : asked
  const row = messageRow(app, message, { sealed, bytes: Buffer.byteLength(json) })
  const place = thread === undefined ? app.relay.readers.find(mailbox, toDevice) : undefined
  if (!place) {
    await app.db.insert('relay_messages', row)
    return app.relay.wake([mailbox])
  }
  const { device, lease, leaseMs } = place
  const held = { ...row, lease, lease_until: app.relay.now() + leaseMs, holder: device, deliveries: 1 }
  try {
    const seq = await app.db.insert('relay_messages', held)
    app.relay.leases.note(mailbox, leaseMs)
    place.take(await viewOf(app, { ...held, seq, sealed: '' }, true, { body }))
  } catch (cause) {
    place.giveUp()
    throw cause
  }
}

/** A message with its content beside it. Both or neither: under one `messageId` something else may have been tried before. */
async function putLarge(app: App, message: NewMessage, json: string): Promise<void> {
  const { id, workspaceId, expiresAt } = message
  const sealed = await sealText(app, { workspaceId, id }, json)
  const row = messageRow(app, { ...message, contentId: id }, { sealed: '', bytes: Buffer.byteLength(json) })
  await app.db.together(async tx => {
    await tx.insertInto('relay_messages').values(row).execute()
    await putContent(tx, { id, workspace_id: workspaceId, sealed, expires_at: expiresAt + keepMs(app) })
  })
  app.relay.wake([message.mailbox])
}
