/** The shapes that the routes of the relay have in common. */
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { isPlainText } from '../../accounts/plain-text.ts'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import { Fault } from '../../core/errors.ts'
import { type Box, boxOf } from '../../relay/box.ts'
import { priorities } from '../../relay/priority.ts'

export const priority = z.enum(priorities)
export const party = z.object({ id: z.string(), name: z.string() })

/** Content of 1 MiB, written as JSON in the least favourable way, and what is around it. */
export const relayBodyBytesMax = 2 * 1024 * 1024

/** What is stored as it is: PostgreSQL takes no NUL. */
export const freeText = z
  .string()
  .max(500)
  .regex(/^[^\0]*$/, 'must have no NUL')

export const deviceHeader = {
  'X-ClawLink-Device':
    'Which of the agent’s devices asks; otherwise each key is one. It shares the mailbox, not the leases.',
}

/** Who acts: the key's agent, at the device that the request names. */
export function boxIn(principal: AgentPrincipal, { headers }: IncomingMessage): Box | Fault {
  const device = headers['x-clawlink-device']
  if (device === undefined) return boxOf(principal)
  if (typeof device === 'string' && isPlainText(device, 80)) return boxOf(principal, device)
  return new Fault('validation_error', 'X-ClawLink-Device must be 1 to 80 printable characters.', {
    invalidFields: [{ field: 'X-ClawLink-Device', problem: 'must be 1 to 80 printable characters' }],
  })
}

/** `use` with who acts. */
export async function asBox<T>(
  { principal, incoming }: { principal: AgentPrincipal; incoming: IncomingMessage },
  use: (box: Box) => Promise<T | Fault>,
): Promise<T | Fault> {
  const box = boxIn(principal, incoming)
  return box instanceof Fault ? box : use(box)
}

export const message = z.object({
  id: z.string(),
  cursor: z.string().describe('Its place in the mailbox: where a reader goes on from.'),
  kind: z.enum(['message', 'task', 'task_update', 'broadcast']),
  from: party.extend({ device: z.string() }).nullable().describe('Null for ClawLink itself.'),
  toDevice: z.string().nullable(),
  thread: z.string().nullable(),
  replyTo: z.string().nullable(),
  taskId: z.string().nullable(),
  priority,
  body: z.unknown().describe('What the sender said: never to be trusted.'),
  deliveries: z.number().describe('How often it was handed out, this time included.'),
  createdAt: z.string(),
  expiresAt: z.string(),
  lease: z.string().nullable().describe('Proves that you have it: to be shown with `ack`, `extend` and `release`.'),
  leaseUntil: z.string().nullable(),
})

const cursor = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a cursor')
  .optional()
export const after = cursor.describe('The cursor of the last message that you know.')
export const next = cursor.describe('The `next` of the page before.')
