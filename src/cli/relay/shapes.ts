/** What the commands of the relay read of its answers. Everything else is passed on with `--json`. */
import * as z from 'zod'

const party = z.looseObject({ id: z.string(), name: z.string() })

export const agentShape = z.looseObject({
  id: z.string(),
  name: z.string(),
  capabilities: z.array(z.string()),
  machine: z.string(),
  description: z.string(),
  status: z.string(),
  lastSeenAt: z.string(),
})

export const taskShape = z.looseObject({
  id: z.string(),
  from: party,
  to: party.nullable(),
  capability: z.string().nullable(),
  task: z.string(),
  priority: z.string(),
  state: z.string(),
  deadline: z.string(),
  createdAt: z.string(),
})

export const taskDetailShape = taskShape.extend({
  history: z.array(
    z.looseObject({
      at: z.string(),
      step: z.string(),
      state: z.string(),
      by: party,
      said: z.record(z.string(), z.unknown()),
    }),
  ),
})

export const messageShape = z.looseObject({
  id: z.string(),
  kind: z.string(),
  from: party.extend({ device: z.string() }).nullable(),
  thread: z.string().nullable(),
  taskId: z.string().nullable(),
  priority: z.string(),
  body: z.unknown(),
  deliveries: z.number(),
  createdAt: z.string(),
  lease: z.string().nullable(),
  leaseUntil: z.string().nullable(),
})

export const sharedFileShape = z.looseObject({
  key: z.string(),
  version: z.number(),
  bytes: z.number(),
  mediaType: z.string(),
  sha256: z.string(),
  change: z.string(),
  restoredFrom: z.number().nullable(),
  by: z.looseObject({ name: z.string(), device: z.string() }),
  at: z.string(),
})

export type TaskDetail = z.output<typeof taskDetailShape>
export type Message = z.output<typeof messageShape>
export type SharedFile = z.output<typeof sharedFileShape>
