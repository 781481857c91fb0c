import type * as z from 'zod'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import { allowsTool, type Scope } from '../../accounts/scope.ts'
import type { App } from '../../app.ts'
import type { Caller } from '../../calls/call.ts'
import { callTool } from '../../calls/call-tool.ts'
import type { CallProgress } from '../../calls/get-call.ts'
import { isIdempotencyKey, notAKey } from '../../calls/idempotency/key.ts'
import type { Tool } from '../../catalog/catalog.ts'
import type { JsonSchema } from '../../catalog/define.ts'
import { jsonSchemaOf } from '../../catalog/json-schema.ts'
import type { Effect } from '../../core/effect.ts'
import { Fault } from '../../core/errors.ts'
import { inWords } from '../../core/in-words.ts'
import { once } from '../../core/once.ts'
import { TtlCache } from '../../core/ttl-cache.ts'
import { innerFault } from '../../db/inner-fault.ts'
import { isRelayInUse } from '../../relay/agents/in-use.ts'
import { invalidFieldsOf } from '../invalid-fields.ts'
import { answerSchemaOf } from './answer-schema.ts'
import { metaTools } from './meta-tools.ts'
import { splitArguments, withOwnArguments } from './own-arguments.ts'
import { callingTool, followTool, getFileTool, instructions, instructionsFor } from './protocol.ts'
import { relayTools } from './relay-tools.ts'
import { resultOfCall, resultOfFault, resultOfValue, type ToolResult } from './tool-result.ts'

/** A tool as MCP lists it (2025-11-25 and 2026-07-28 alike). */
export type ListedTool = {
  name: string
  description: string
  inputSchema: Record<string, unknown>
  /** Of what it answers, where the shape of the data is known. */
  outputSchema?: Record<string, unknown>
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean }
}

/** The tools that one endpoint shows, and how to run one. `call` gives undefined for a name that it does not list. */
export type Toolset = {
  app: App
  /** What an agent is told about it before it asks for anything. */
  instructions: string
  list(principal: AgentPrincipal): ListedTool[] | Promise<ListedTool[]>
  /** The same list as JSON. */
  listJson(principal: AgentPrincipal): string | Promise<string>
  call(
    principal: AgentPrincipal,
    name: string,
    args: Record<string, unknown>,
    caller?: Caller,
    onProgress?: OnProgress,
  ): Promise<ToolResult> | undefined
  /** What to do about a name that it does not list. */
  instead(name: string): string
}

const listThem = 'List the tools first.'

/** Hears how far the call is that is waited for. */
export type OnProgress = (seen: CallProgress) => void

/** One of our own tools: a small fixed set, so that a thousand provider tools cost an agent a few hundred tokens. */
export type MetaTool = {
  name: string
  description: string
  input: z.ZodType<Record<string, unknown>>
  effect: Effect
  /** A plain value, a fault, or, for the one that calls, a finished result. */
  run(app: App, principal: AgentPrincipal, args: never, caller?: Caller, onProgress?: OnProgress): Promise<unknown>
}

/**
 * The default toolset of `/mcp`. The tools of the relay are listed where it is in use, so that they cost nobody else
 * anything; by their names they can be called always.
 */
export function metaToolset(app: App): Toolset {
  const withRelay = [...metaTools, ...relayTools]
  const byName = new Map(withRelay.map(tool => [tool.name, tool]))
  const alone = listedOnce(() => metaTools.map(listedMetaTool))
  const all = listedOnce(() => withRelay.map(listedMetaTool))
  const inUse = new TtlCache<boolean>({ ttlMs: 1000, entriesMax: 10_000 })
  function choose<T>(
    { workspaceId, scope }: AgentPrincipal,
    give: (from: typeof all, scope: Scope) => T,
  ): T | Promise<T> {
    const now = app.clock.now()
    const known = scope.relay === false ? false : inUse.get(workspaceId, now)
    if (known !== undefined) return give(known ? all : alone, scope)
    return isRelayInUse(app, workspaceId).then(used => give(inUse.set(workspaceId, used, now) ? all : alone, scope))
  }
  return {
    app,
    instructions,
    list: principal => choose(principal, (from, scope) => from.list(scope)),
    listJson: principal => choose(principal, (from, scope) => from.listJson(scope)),
    call(principal, name, args, caller, onProgress) {
      const tool = byName.get(name)
      return tool && runMetaTool(app, principal, tool, args, caller, onProgress)
    },
    // Models that have found a tool tend to call it as if it were listed.
    instead: name => (app.catalog.tools.has(name) ? `Give it to ${callingTool} as its \`tool\`.` : listThem),
  }
}

function listedMetaTool({ name, description, input, effect }: MetaTool): ListedTool {
  const inputSchema = withoutLengths(jsonSchemaOf(input))
  return { name, description, inputSchema, annotations: annotationsOf(effect, effect === 'read') }
}

/** How long texts may be costs every agent tokens; the few who exceed it are told by the error. */
function withoutLengths(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (key, value) => (key === 'minLength' || key === 'maxLength' ? undefined : value))
  return JSON.parse(text)
}

async function runMetaTool(
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
    return failed(app, tool, cause)
  }
}

/** Some models send null for what they leave out. */
function withoutNulls(args: Record<string, unknown>): Record<string, unknown> {
  if (!Object.values(args).includes(null)) return args
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null))
}

/**
 * The toolset of `/mcp?provider=…`: that provider's tools one by one, the one that follows a call which has to be approved,
 * and the one that reads files. Undefined when there is no such provider.
 */
export function providerToolset(app: App, slug: string): Toolset | undefined {
  const provider = app.catalog.providers.get(slug)
  if (!provider) return undefined
  const follow = metaTools.filter(({ name }) => name === followTool || name === getFileTool)
  const listed = listedOnce(
    () => [...provider.tools.map(listedTool), ...follow.map(listedMetaTool)],
    (scope, { name }) => sees(app, scope, name) || follow.some(tool => tool.name === name),
  )
  return {
    app,
    instructions: instructionsFor(provider.connector.name),
    list: ({ scope }) => listed.list(scope),
    listJson: ({ scope }) => listed.listJson(scope),
    call(principal, name, args, caller, onProgress) {
      const own = follow.find(each => each.name === name)
      if (own) return runMetaTool(app, principal, own, args, caller, onProgress).catch(cause => failed(app, own, cause))
      const tool = app.catalog.tools.get(name)
      if (tool?.provider !== provider) return undefined
      const split = splitArguments(tool, args)
      if (split instanceof Fault) return Promise.resolve(resultOfFault(split))
      const { idempotencyKey: key = '', ...asked } = split
      if (key && !isIdempotencyKey(key)) return Promise.resolve(resultOfFault(notAKey('idempotencyKey')))
      const request = { tool: name, ...asked, idempotencyKey: key || undefined, surface: 'mcp', caller } as const
      return callTool(app, principal, request).then(resultOfCall, cause => failed(app, tool, cause))
    },
    instead: () => listThem,
  }
}

/** The cause stays in the log: its text may quote anything. Whether a change was made before it is not known here. */
function failed(app: App, { name, effect }: { name: string; effect: Effect }, cause: unknown): ToolResult {
  app.log.error({ err: cause, tool: name }, 'a tool failed inside ClawLink')
  const fault = innerFault(cause)
  const unknown = 'Something went wrong inside ClawLink. Whether the call happened is not known.'
  return resultOfFault(effect === 'read' ? fault : new Fault('outcome_unknown', unknown, { outcome: 'unknown' }))
}

/** A list that is made when it is first asked for. Of a key that may not see all of it, `keep` says what it sees. */
function listedOnce(
  make: () => ListedTool[],
  keep?: (scope: Scope, tool: ListedTool) => boolean,
): { list(scope: Scope): ListedTool[]; listJson(scope: Scope): string } {
  const all = once(make)
  const allJson = once(() => JSON.stringify(all()))
  const isCut = ({ effects, providers, tools: named }: Scope) => keep && (effects || providers || named)
  const list = (scope: Scope) => (isCut(scope) ? all().filter(tool => keep?.(scope, tool)) : all())
  return {
    list,
    listJson: scope => (isCut(scope) ? JSON.stringify(list(scope)) : allJson()),
  }
}

function sees(app: App, scope: Scope, name: string): boolean {
  const tool = app.catalog.tools.get(name)
  return tool !== undefined && allowsTool(scope, tool)
}

function listedTool(tool: Tool): ListedTool {
  const { name, row, effect, idempotency } = tool
  const output = tool.outputSchema()
  return {
    name,
    description: row.about,
    inputSchema: withOwnArguments(tool),
    ...(output && { outputSchema: answerSchemaOf(output) }),
    annotations: annotationsOf(effect, effect === 'read' || idempotency === 'natural'),
  }
}

function annotationsOf(effect: Effect, idempotent: boolean): ListedTool['annotations'] {
  return {
    readOnlyHint: effect === 'read',
    destructiveHint: effect === 'destructive',
    idempotentHint: idempotent,
    openWorldHint: true,
  }
}
