import { type Principal, scopeOf } from '../accounts/principal.ts'
import { allowsConnection, allowsTool } from '../accounts/scope.ts'
import type { App } from '../app.ts'
import type { Tool } from '../catalog/catalog.ts'
import type { JsonSchema } from '../catalog/define.ts'
import { findProvider } from '../catalog/find-provider.ts'
import { connectionsOf } from '../connections/pick-connection.ts'
import type { Effect } from '../core/effect.ts'
import { Fault } from '../core/errors.ts'
import { shownConnection } from './call.ts'
import { findTool } from './find-tool.ts'

export type ToolSummary = {
  name: string
  provider: string
  about: string
  effect: Effect
  arguments: string[]
  connected: boolean
}

export type ToolDescription = Omit<ToolSummary, 'arguments' | 'connected'> & {
  inputSchema: JsonSchema
  /** JSON Schema of what it gives, where that is known and short. */
  output?: JsonSchema
  /** Whether sending it twice is harmless. */
  repeatable: boolean
  paged: boolean
  scopes: string[]
  /** The version of the provider's API that it is written for. */
  apiVersion: string | null
  connections: { id: string; label: string; account: string; isDefault: boolean }[]
}

/** A longer one would cost an agent more than it tells. */
const outputCharsMax = 2000

/** Tools that fit the words and the scope, best first; without words, the tools of the provider in the order of their definition. */
export async function searchTools(
  app: App,
  principal: Principal,
  { query, provider, limit }: { query: string; provider?: string | undefined; limit: number },
): Promise<ToolSummary[] | Fault> {
  const named = provider === undefined ? undefined : findProvider(app.catalog, provider)
  if (named instanceof Fault) return named
  const scope = scopeOf(principal)
  const keep = (tool: Tool) => (provider === undefined || tool.provider.slug === provider) && allowsTool(scope, tool)
  const connected = await connectedProviders(app, principal)
  const found = query.trim()
    ? app.catalog.search.find(query, limit, { keep, preferred: connected }).map(hit => hit.tool)
    : app.catalog.tools.values().filter(keep).slice(0, limit)
  return found.map(tool => ({ ...summaryOf(tool), connected: connected.has(tool.provider.slug) }))
}

/** Everything that a caller needs to know before calling a tool. */
export async function describeTool(app: App, principal: Principal, name: string): Promise<ToolDescription | Fault> {
  const tool = findTool(app.catalog, name)
  if (tool instanceof Fault) return tool
  if (!allowsTool(scopeOf(principal), tool)) return new Fault('forbidden', `This key may not use ${tool.name}.`)
  const { arguments: _, ...summary } = summaryOf(tool)
  const output = tool.outputSchema()
  const connections = await usableConnections(app, principal, tool)
  return {
    ...summary,
    inputSchema: tool.inputSchema(),
    ...(output && JSON.stringify(output).length <= outputCharsMax && { output }),
    repeatable: tool.effect === 'read' || tool.idempotency === 'natural',
    paged: tool.page !== undefined,
    scopes: tool.row.scopes ?? [],
    apiVersion: tool.version ?? null,
    connections: connections.map(row => ({ ...shownConnection(row), isDefault: row.is_default === 1 })),
  }
}

function summaryOf(tool: Tool) {
  const properties = Object.keys(Object(tool.inputSchema().properties))
  return {
    name: tool.name,
    provider: tool.provider.slug,
    about: tool.row.about,
    effect: tool.effect,
    arguments: properties,
  }
}

/** The providers of the connections that this principal may use. */
async function connectedProviders({ db }: App, principal: Principal): Promise<Set<string>> {
  const rows = await db.read
    .selectFrom('connections')
    .select(['id', 'provider'])
    .where('workspace_id', '=', principal.workspaceId)
    .where('environment', '=', principal.environment)
    .execute()
  const scope = scopeOf(principal)
  return new Set(rows.filter(row => allowsConnection(scope, row)).map(({ provider }) => provider))
}

async function usableConnections(app: App, principal: Principal, tool: Tool) {
  const rows = await connectionsOf(app, principal.workspaceId, tool.provider.slug)
  const scope = scopeOf(principal)
  return rows.filter(row => row.environment === principal.environment && allowsConnection(scope, row))
}
