import * as z from 'zod'
import type { Effect } from '../core/effect.ts'

/** What a key may do. A list that is absent allows all, an empty one nothing. */
export type Scope = {
  effects?: Effect[] | undefined
  /** Slugs of providers. */
  providers?: string[] | undefined
  /** Ids of connections. */
  connections?: string[] | undefined
  /** Names of tools. */
  tools?: string[] | undefined
  /** Whether it may add and remove connections. */
  manageConnections?: boolean | undefined
  /** Whether it may use the relay: unless it says no. */
  relay?: boolean | undefined
}

const names = z.array(z.string().min(1).max(100)).max(500)

export const scopeSchema = z.strictObject({
  effects: z.array(z.enum(['read', 'write', 'destructive'])).optional(),
  providers: names.optional(),
  connections: names.optional(),
  tools: names.optional(),
  manageConnections: z.boolean().optional(),
  relay: z.boolean().optional(),
})

/** A stored scope. One that cannot be read allows nothing. */
export function readScope(json: string): Scope {
  try {
    const parsed = scopeSchema.safeParse(JSON.parse(json))
    if (parsed.success) return parsed.data
  } catch {}
  return { effects: [] }
}

/** Whether a key of this scope sees this tool. Pure. */
export function allowsTool(scope: Scope, tool: { name: string; effect: Effect; provider: { slug: string } }): boolean {
  return (
    (!scope.effects || scope.effects.includes(tool.effect)) &&
    (!scope.providers || scope.providers.includes(tool.provider.slug)) &&
    (!scope.tools || scope.tools.includes(tool.name))
  )
}

/** Whether a key of this scope sees this connection. Pure. */
export function allowsConnection(scope: Scope, { id, provider }: { id: string; provider: string }): boolean {
  return (
    (!scope.connections || scope.connections.includes(id)) && (!scope.providers || scope.providers.includes(provider))
  )
}

/** The first thing about a call that the scope does not allow, in words, or undefined when all of it is. Pure. */
export function outsideScope(
  scope: Scope,
  { effect, provider, tool, connection }: { effect: Effect; provider: string; tool: string; connection: string },
): string | undefined {
  if (scope.effects && !scope.effects.includes(effect)) return `${effect} calls`
  if (scope.providers && !scope.providers.includes(provider)) return `the provider ${provider}`
  if (scope.tools && !scope.tools.includes(tool)) return `the tool ${tool}`
  if (scope.connections && !scope.connections.includes(connection)) return 'this connection'
  return undefined
}
