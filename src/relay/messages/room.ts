import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { agentById } from '../agents/find-recipient.ts'
import { isWaiting } from '../queries.ts'
import type { NewMessage } from './new-message.ts'

/** What waits in a mailbox, as it was counted, with what this process has added and taken since. */
export type Depth = {
  messages: number
  bytes: number
  countedAt: number
  /** There was no room when it was counted. */
  wasFull: boolean
  /** It is being counted anew. */
  counting: Promise<void> | undefined
}

/** A count is good for so long where other processes add too. */
const sharedGoodMs = 1_000
/** And for so long where none does: little happens to a mailbox that is not told here, as that something in it expires. */
const aloneGoodMs = 30_000
/** That of a full mailbox, so that whoever keeps trying does not make us count all the time. */
const fullMs = 250

/**
 * Why a mailbox has no room for so many bytes more, or undefined, and then they count. It is asked before each message, so
 * rows are counted now and then only: several processes together may exceed the limit by what they take in within a second.
 */
export async function takeRoom(
  app: App,
  agent: { id: string; name: string },
  bytes: number,
): Promise<Fault | undefined> {
  let depth = app.relay.depths.get(agent.id)
  if (!depth) {
    depth = { messages: 0, bytes: 0, countedAt: Number.NEGATIVE_INFINITY, wasFull: false, counting: undefined }
    app.relay.depths.set(agent.id, depth)
  }
  const { config } = app
  const fits = ({ messages, bytes: held }: Depth) =>
    messages < config.relayMailboxMax && held + bytes <= config.relayMailboxBytesMax
  const age = app.clock.now() - depth.countedAt
  const goodMs = app.db.dialect === 'sqlite' ? aloneGoodMs : sharedGoodMs
  const isGood = fits(depth) ? age < goodMs : depth.wasFull && age < fullMs
  if (!isGood || age < 0) {
    depth.counting ??= count(app, agent.id, depth)
    await depth.counting
    depth.wasFull = !fits(depth)
  }
  if (!fits(depth)) return full(app, agent.name, depth)
  depth.messages += 1
  depth.bytes += bytes
  return undefined
}

/** The same for a message that is ready to be stored. */
export async function takeRoomFor(app: App, { workspaceId, mailbox, body }: NewMessage): Promise<Fault | undefined> {
  const agent = (await agentById(app, workspaceId, mailbox)) ?? { id: mailbox, name: mailbox }
  return takeRoom(app, agent, Buffer.byteLength(JSON.stringify(body)))
}

/** What was received or taken back makes room again. */
export function freeRoom({ relay }: App, agentId: string, messages: number, bytes: number): void {
  const depth = relay.depths.get(agentId)
  if (!depth) return
  depth.messages = Math.max(0, depth.messages - messages)
  depth.bytes = Math.max(0, depth.bytes - bytes)
}

async function count(app: App, agentId: string, depth: Depth): Promise<void> {
  try {
    Object.assign(depth, await countWaiting(app, agentId), { countedAt: app.clock.now() })
  } finally {
    depth.counting = undefined
  }
}

async function countWaiting({ db }: App, agentId: string): Promise<{ messages: number; bytes: number }> {
  const row = await db.read
    .selectFrom('relay_messages')
    .select(({ fn }) => [fn.countAll<number>().as('messages'), fn.sum<number | null>('bytes').as('bytes')])
    .where(isWaiting(agentId))
    .executeTakeFirstOrThrow()
  return { messages: Number(row.messages), bytes: Number(row.bytes ?? 0) }
}

function full({ config }: App, name: string, { messages, bytes }: Depth): Fault {
  return new Fault(
    'quota_exceeded',
    messages >= config.relayMailboxMax
      ? `The mailbox of ${name} is full: ${messages} messages wait there.`
      : `The mailbox of ${name} is full: ${bytes} bytes wait there, of ${config.relayMailboxBytesMax}.`,
    {
      fix: 'Nothing was stored. Wait until that agent has received some, or send to another one.',
      retryAfterMs: 60_000,
    },
  )
}
