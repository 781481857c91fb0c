import * as z from 'zod'
import { Fault } from '../../core/errors.ts'
import { inWords } from '../../core/in-words.ts'
import { priorities } from '../../relay/priority.ts'
import { taskSteps } from '../../relay/tasks/task-state.ts'
import { invalidFieldsOf } from '../invalid-fields.ts'
import { parseJson } from '../read-json.ts'
import { freeText } from '../rest/relay-schemas.ts'

/** With it a frame is answered; without it only a fault is told. */
const ref = z.string().max(100).optional()
const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\0]*$/, 'must have no NUL')
const held = { ref, id: name, lease: name }
const leaseSeconds = z.int().min(15).max(3600)
const priority = z.enum(priorities).optional()

/** What a client of `/ws` may say. */
const frames = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    ref,
    device: z.string().min(1).max(80).optional(),
    cursor: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional(),
    window: z.int().min(1).max(100).default(10),
    leaseSeconds: leaseSeconds.default(60),
  }),
  z.strictObject({ type: z.literal('ack'), ...held }),
  z.strictObject({ type: z.literal('extend'), ...held, leaseSeconds: leaseSeconds.default(60) }),
  z.strictObject({ type: z.literal('release'), ...held, problem: freeText.optional() }),
  z.strictObject({
    type: z.literal('send'),
    ref,
    to: name,
    body: z.unknown(),
    messageId: name.optional(),
    thread: name.optional(),
    replyTo: name.optional(),
    priority,
    expiresInSeconds: z.int().min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('delegate'),
    ref,
    to: name.optional(),
    capability: name.optional(),
    task: z.string().min(1),
    context: z.unknown().optional(),
    attachments: z.array(z.string()).max(100).optional(),
    priority,
    deadlineSeconds: z.int().min(1).optional(),
    replyTo: name.optional(),
    messageId: name.optional(),
    thread: name.optional(),
  }),
  z.strictObject({
    type: z.literal('step'),
    ref,
    id: name,
    step: z.enum(taskSteps),
    version: z.int().min(1).optional(),
    note: z.string().optional(),
    question: z.string().optional(),
    answer: z.unknown().optional(),
    result: z.unknown().optional(),
    reason: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('subscribe'),
    ref,
    topic: name,
    tags: z.array(name).max(100).default([]),
  }),
  z.strictObject({ type: z.literal('unsubscribe'), ref, topic: name }),
  z.strictObject({ type: z.literal('heartbeat'), ref }),
])

export type Frame = z.output<typeof frames>
export type FrameOf<T extends Frame['type']> = Extract<Frame, { type: T }>

/** A frame as it came over the wire, or what is wrong with it, with its `ref` where that can be read. Pure. */
export function parseFrame(bytes: Buffer): Frame | { fault: Fault; ref: string | undefined } {
  const parsed = parseJson(bytes)
  if (parsed instanceof Fault)
    return { fault: new Fault('validation_error', 'This frame is not JSON.', { fix: frameFix }), ref: undefined }
  const result = frames.safeParse(parsed.value, { error: inWords })
  if (result.success) return result.data
  const { invalidFields, named } = invalidFieldsOf(result.error, { unknown: 'is not known here', whole: 'frame' })
  const fault = new Fault('validation_error', `The frame is not valid: ${named}.`, { invalidFields, fix: frameFix })
  return { fault, ref: refOf(parsed.value) }
}

const frameFix = 'Send one JSON object per frame, with a `type` that docs/relay.md lists.'

const refOf = (value: unknown) => {
  const found = typeof value === 'object' && value !== null && 'ref' in value ? value.ref : undefined
  return typeof found === 'string' ? found.slice(0, 100) : undefined
}
