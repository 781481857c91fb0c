import * as z from 'zod'
import { Fault } from '../core/errors.ts'
import type { LossReason, Reached } from './wire.ts'

/** Exchanges with providers, as a readable file that holds no secret: see `recordingNet` and `replayingNet`. */
export type Cassette = { clawlinkCassette: 1; exchanges: Exchanged[] }

export type Exchanged = { request: RecordedRequest; answer: RecordedAnswer | { lost: RecordedLoss } }

/** Of a request only what these fields hold is ever recorded: none of them is where a credential goes. */
export type RecordedRequest = { method: string; url: string; headers: Record<string, string>; body?: RecordedBody }

export type RecordedAnswer = { status: number; headers: Record<string, string | string[]>; body?: RecordedBody }

export type RecordedLoss = { reached: Reached; reason: LossReason; message: string }

/** `json`: the value; `text`: any other text; `stream`: how many bytes a file had that went out or came in; they are not kept. */
export type RecordedBody = { json: unknown } | { text: string } | { base64: string } | { stream: number }

const reasons = {
  blocked_address: 'blocked_address',
  bad_request: 'bad_request',
  no_host: 'no_host',
  dns: 'dns',
  refused: 'refused',
  tls: 'tls',
  connect_timeout: 'connect_timeout',
  timeout: 'timeout',
  closed: 'closed',
  too_large: 'too_large',
  malformed: 'malformed',
  redirect: 'redirect',
  unkept: 'unkept',
} as const satisfies { [Reason in LossReason]: Reason }

const body = z.union([
  z.strictObject({ json: z.json() }),
  z.strictObject({ text: z.string() }),
  z.strictObject({ base64: z.base64() }),
  z.strictObject({ stream: z.int().min(0) }),
])
const lost = z.strictObject({
  reached: z.enum(['not_sent', 'maybe_sent']),
  reason: z.enum(reasons),
  message: z.string(),
})
const answer = z.strictObject({
  status: z.int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: body.exactOptional(),
})
const request = z.strictObject({
  method: z.string(),
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  body: body.exactOptional(),
})
const schema: z.ZodType<Cassette> = z.strictObject({
  clawlinkCassette: z.literal(1),
  exchanges: z.array(z.strictObject({ request, answer: z.union([answer, z.strictObject({ lost })]) })),
})

/** A cassette from the text of its file; a fault of code `validation_error` that says where it is not one. */
export function parseCassette(text: string): Cassette | Fault {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return new Fault('validation_error', 'This is not a cassette: it is not JSON.')
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  return new Fault('validation_error', `This is not a cassette of this version. ${z.prettifyError(parsed.error)}`)
}

/** The text of a cassette's file. */
export const formatCassette = (cassette: Cassette): string => `${JSON.stringify(cassette, null, 2)}\n`
