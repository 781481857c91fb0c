import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../src/sandbox/random.ts'

export type Talker = { name: string; key: string }

/** What senders and receivers of one database were told, through all lives of its server. */
export type Heard = {
  /** What was acknowledged to its sender: `from to number`, by the id of the message. */
  sent: Map<string, string>
  /** In the order in which receivers got it for the first time. */
  got: Set<string>
  /** What receivers were told that they are done with. */
  done: Set<string>
  /** What must not be. */
  wrong: string[]
  /** The number of the next message of each sender. */
  next: Map<string, number>
}

export const nothingHeard = (): Heard => ({
  sent: new Map(),
  got: new Set(),
  done: new Set(),
  wrong: [],
  next: new Map(),
})

type Server = { url: string; random: Random; heard: Heard }

/**
 * Senders send without pause, each to its receiver in one thread, and receivers receive, until the server is gone. A sender
 * that got no answer sends the same again to the next server. `onSent` after each acknowledgement.
 */
export async function talkUntilGone(
  server: Server,
  { senders, receivers, onSent }: { senders: readonly Talker[]; receivers: readonly Talker[]; onSent: () => void },
): Promise<void> {
  const ends = senders.map(async (sender, at) => {
    const to = receivers[at % receivers.length]
    while (to && (await send(server, sender, to))) onSent()
  })
  for (const receiver of [...receivers, ...receivers])
    ends.push(
      (async () => {
        while ((await receive(server, receiver)) !== undefined);
      })(),
    )
  await Promise.all(ends)
}

/** Receives what is left, until all that was acknowledged to its sender is there or `limitMs` is over. */
export async function receiveRest(server: Server, receivers: readonly Talker[], limitMs: number): Promise<void> {
  const until = Date.now() + limitMs
  const isMissing = () => new Set(server.heard.sent.values()).difference(server.heard.got).size > 0
  while (isMissing() && Date.now() < until) {
    const taken = await Promise.all(receivers.map(receiver => receive(server, receiver)))
    if (!taken.some(Boolean)) await sleep(50)
  }
}

async function send(server: Server, from: Talker, to: Talker): Promise<boolean> {
  const { heard, random } = server
  const number = heard.next.get(from.name) ?? 0
  const said = `${from.name} ${to.name} ${number}`
  // Some are too large for the message's own row. What is sent again is the same.
  const text = number % 10 === 0 ? 'x'.repeat(3_000) : ''
  const answer = await ask(server, from, '/messages', {
    to: to.name,
    body: { said, text },
    messageId: said,
    thread: from.name,
    priority: random.pick(['normal', 'high'] as const),
  })
  if (answer?.status !== 201) return refused(heard, answer)
  heard.sent.set(String(answer.body.id), said)
  heard.next.set(from.name, number + 1)
  return true
}

/** How many it got; undefined when the server is gone. */
async function receive(server: Server, receiver: Talker): Promise<number | undefined> {
  const { heard } = server
  const asked = { limit: server.random.pick([1, 5, 20]), leaseSeconds: 1, waitSeconds: 0.2 }
  const answer = await ask(server, receiver, '/inbox', asked)
  if (answer?.status !== 200) return refused(heard, answer) ? 0 : undefined
  const items = answer.body.items as { id: string; lease: string; body: { said: string; text: string } }[] // as the route documents them
  for (const { body } of items) {
    if (heard.done.has(body.said)) heard.wrong.push(`again after it was acknowledged: ${body.said}`)
    if (Number(body.said.split(' ')[2]) % 10 === 0 && body.text.length !== 3_000)
      heard.wrong.push(`not as it was said: ${body.said}`)
    heard.got.add(body.said)
  }
  for (const { id, lease, body } of items) {
    const acked = await ask(server, receiver, `/inbox/${id}/ack`, { lease })
    if (!acked) return undefined
    if (acked.status === 200) heard.done.add(body.said)
    else if (acked.status !== 409) refused(heard, acked)
  }
  return items.length
}

function refused(heard: Heard, answer: Awaited<ReturnType<typeof ask>>): false {
  if (answer) heard.wrong.push(`refused with ${answer.status}: ${JSON.stringify(answer.body)}`)
  return false
}

/** The whole answer, or undefined when the server went away before it was there. */
async function ask(
  { url }: Server,
  { key }: Talker,
  path: string,
  body: object,
): Promise<{ status: number; body: Record<string, unknown> } | undefined> {
  try {
    const answer = await fetch(`${url}/api/v1/relay${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: JSON.parse(await answer.text()) }
  } catch {
    return undefined
  }
}
