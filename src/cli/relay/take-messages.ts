import * as z from 'zod'
import { Fault } from '../../core/errors.ts'
import { askRest, type Server } from '../rest.ts'
import { type Message, messageShape } from './shapes.ts'

/** So long what was taken is this machine's alone; then it comes again. */
const leaseSeconds = 60

/** Takes what is next in the mailbox, or waits for it. */
export async function takeMessages(
  server: Server,
  { limit, waitSeconds, signal }: { limit: number; waitSeconds: number; signal?: AbortSignal },
): Promise<Message[] | Fault> {
  const answer = await askRest(server, {
    method: 'POST',
    path: '/relay/inbox',
    body: { limit, waitSeconds, leaseSeconds },
    shape: z.object({ items: z.array(messageShape) }),
    timeoutMs: (waitSeconds + 30) * 1000,
    signal,
  })
  return answer instanceof Fault ? answer : answer.items
}

/** Says that a message has arrived, so that it does not come again; or with `release`, gives it back. */
export async function settleMessage(
  server: Server,
  { id, lease }: Message,
  step: 'ack' | 'release',
): Promise<Fault | undefined> {
  const path = `/relay/inbox/${encodeURIComponent(id)}/${step}`
  const answer = await askRest(server, { method: 'POST', path, body: { lease }, shape: z.object({ id: z.string() }) })
  return answer instanceof Fault ? answer : undefined
}
