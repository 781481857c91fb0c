import * as z from 'zod'
import { Fault } from '../../../core/errors.ts'
import { inWords } from '../../../core/in-words.ts'
import { priorities } from '../../../relay/priority.ts'
import { invalidFieldsOf } from '../../invalid-fields.ts'

/** PostgreSQL takes no NUL in any text. */
const text = z.string().regex(/^[^\0]*$/, 'must have no NUL')
const name = text.min(1).max(200)
const agentId = text.min(1).max(80)
const words = z.array(z.string()).max(100)
/** That client's own default where it has none, and nobody minds words that are not known. */
const priority = z.enum(priorities).catch('normal').default('normal')

/** What the requests of the openclaw-link protocol may say. What is not known is ignored, as there. */
export const requests = {
  register: z.object({
    agent_id: agentId.nullish(),
    name: z.string().max(200).nullish(),
    capabilities: words.default([]),
    machine: z.string().max(200).nullish(),
    description: z.string().max(4000).default(''),
  }),
  heartbeat: z.object({ agent_id: agentId }),
  delegate: z.object({
    from_agent: agentId,
    to_agent: name,
    task: z.string().min(1),
    context: z.record(z.string(), z.unknown()).default({}),
    priority,
  }),
  broadcast: z.object({
    from_agent: agentId,
    content: z.unknown().refine(content => content !== undefined && content !== '' && content !== null, 'is required'),
    topic: name.default('general'),
    tags: words.default([]),
  }),
  respond: z.object({
    from_agent: agentId,
    to_agent: name.nullish(),
    message_id: name.nullish(),
    result: z.unknown().optional(),
    status: z.string().min(1).max(200).default('completed'),
  }),
  files: z.object({
    file_key: name,
    content: z.string(),
    agent_id: agentId,
    file_type: z
      .string()
      .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'must be up to 100 letters, digits and signs')
      .default('text'),
    /** Of ours: the version that it is based on. */
    base_version: z.int().min(0).max(2_147_483_647).optional(),
  }),
}

export type Requests = { [K in keyof typeof requests]: z.output<(typeof requests)[K]> }

/** A request by its schema, or a fault that names the fields. Pure. */
export function readRequest<K extends keyof Requests>(kind: K, value: unknown): Requests[K] | Fault {
  const result = requests[kind].safeParse(value, { error: inWords })
  if (result.success) return result.data as Requests[K] // by the schema of this kind
  const { invalidFields, named } = invalidFieldsOf(result.error, { unknown: 'is not known here', whole: 'body' })
  return new Fault('validation_error', `Not valid: ${named}.`, { invalidFields })
}
