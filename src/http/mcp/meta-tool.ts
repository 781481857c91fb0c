import * as z from 'zod'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Caller } from '../../calls/call.ts'
import type { JsonSchema } from '../../catalog/define.ts'
import { jsonSchemaOf } from '../../catalog/json-schema.ts'
import type { Effect } from '../../core/effect.ts'
import { Fault } from '../../core/errors.ts'
import { inWords } from '../../core/in-words.ts'
import { invalidFieldsOf } from '../invalid-fields.ts'
import { resultOfFault, resultOfValue, type ToolResult } from './tool-result.ts'
import { annotationsOf, failedTool, type ListedTool, type OnProgress } from './toolset.ts'

/** One of our own tools: a small fixed set, so that a thousand provider tools cost an agent a few hundred tokens. */
export type MetaTool = {
  name: string
  description: string
  input: z.ZodType<Record<string, unknown>>
  effect: Effect
  /** A plain value, a fault, or, for the one that calls, a finished result. */
  run(app: App, principal: AgentPrincipal, args: never, caller?: Caller, onProgress?: OnProgress): Promise<unknown>
}

/** Types `run` by the input beside it. */
export function metaTool<S extends z.ZodRawShape>(row: {
  name: string
  description: string
  input: S
  effect: Effect
  run(
    app: App,
    principal: AgentPrincipal,
    args: z.output<z.ZodObject<S>>,
    caller?: Caller,
    onProgress?: OnProgress,
  ): Promise<unknown>
}): MetaTool {
  return { ...row, input: z.compile(z.strictObject(row.input)) }
}

/** As MCP lists it. */
export function listedMetaTool({ name, description, input, effect }: MetaTool): ListedTool {
  const inputSchema = withoutLengths(jsonSchemaOf(input))
  return { name, description, inputSchema, annotations: annotationsOf(effect, effect === 'read') }
}

/** How long texts may be costs every agent tokens; the few who exceed it are told by the error. */
function withoutLengths(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (key, value) => (key === 'minLength' || key === 'maxLength' ? undefined : value))
  return JSON.parse(text)
}

/** Checks the arguments of a call of it, and answers. Never rejects. */
export async function runMetaTool(
  app: App,
  principal: AgentPrincipal,
  tool: MetaTool,
  args: Record<string, unknown>,
  caller?: Caller,
  onProgress?: OnProgress,
): Promise<ToolResult> {
  const parsed = tool.input.safeParse(withoutNulls(args), { error: inWords })
  if (!parsed.success) {
    const unknown = 'is not an argument of this tool'
    const { invalidFields, named } = invalidFieldsOf(parsed.error, { unknown, whole: '' })
    return resultOfFault(
      new Fault('validation_error', `The arguments of ${tool.name} are not valid: ${named}.`, {
        invalidFields,
        schema: jsonSchemaOf(tool.input),
      }),
    )
  }
  try {
    const answer = await tool.run(app, principal, parsed.data as never, caller, onProgress) // its own schema has just parsed it
    return answer instanceof Fault ? resultOfFault(answer) : resultOfValue(answer)
  } catch (cause) {
    return failedTool(app, tool, cause)
  }
}

/** Some models send null for what they leave out. */
function withoutNulls(args: Record<string, unknown>): Record<string, unknown> {
  if (!Object.values(args).includes(null)) return args
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null))
}
