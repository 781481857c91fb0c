import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { Scope } from '../../accounts/scope.ts'
import type { App } from '../../app.ts'
import type { Caller } from '../../calls/call.ts'
import type { CallProgress } from '../../calls/get-call.ts'
import type { Effect } from '../../core/effect.ts'
import { Fault } from '../../core/errors.ts'
import { once } from '../../core/once.ts'
import { innerFault } from '../../db/inner-fault.ts'
import { resultOfFault, type ToolResult } from './tool-result.ts'

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

/** Hears how far the call is that is waited for. */
export type OnProgress = (seen: CallProgress) => void

/** A list that is made when it is first asked for. Of a key that may not see all of it, `keep` says what it sees. */
export function listedOnce(
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

/** The hints of MCP about a tool of this effect. */
export function annotationsOf(effect: Effect, idempotent: boolean): ListedTool['annotations'] {
  return {
    readOnlyHint: effect === 'read',
    destructiveHint: effect === 'destructive',
    idempotentHint: idempotent,
    openWorldHint: true,
  }
}

/** What to do about a name that a toolset does not list. */
export const listFirst = 'List the tools first.'

/**
 * The result of a tool that failed inside ClawLink. The cause stays in the log: its text may quote anything. Whether a change was
 * made before it is not known here.
 */
export function failedTool(app: App, { name, effect }: { name: string; effect: Effect }, cause: unknown): ToolResult {
  app.log.error({ err: cause, tool: name }, 'a tool failed inside ClawLink')
  const fault = innerFault(cause)
  const unknown = 'Something went wrong inside ClawLink. Whether the call happened is not known.'
  return resultOfFault(effect === 'read' ? fault : new Fault('outcome_unknown', unknown, { outcome: 'unknown' }))
}
