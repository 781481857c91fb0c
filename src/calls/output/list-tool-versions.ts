import { type Principal, scopeOf } from '../../accounts/principal.ts'
import { allowsTool } from '../../accounts/scope.ts'
import type { App } from '../../app.ts'
import type { Tool } from '../../catalog/catalog.ts'
import { findProvider } from '../../catalog/find-provider.ts'
import { Fault } from '../../core/errors.ts'
import type { ToolNoticeRow } from '../../db/schema.ts'
import { listNotices } from './list-notices.ts'
import { stands } from './tool-health.ts'

/** Which version of its provider's API a tool is written for, and what was noticed about that. Times are ISO 8601. */
export type ToolVersion = {
  tool: string
  provider: string
  version: string | null
  /** What the provider says it answered by. */
  versionSeen: string | null
  /** Since or from when it is deprecated, or `true` where the provider does not say. */
  deprecation: string | null
  /** When it goes away. */
  sunset: string | null
  /** Answers of another shape than promised, in the last day. */
  mismatches: number
  /** Where the last of them was, and what was wrong there. */
  mismatch: string | null
}

/** The tools that this principal may use, in the order of their names, and where the next page starts. */
export async function listToolVersions(
  app: Pick<App, 'db' | 'catalog' | 'clock'>,
  principal: Principal,
  { provider, after, limit }: { provider?: string | undefined; after?: string | undefined; limit: number },
): Promise<{ items: ToolVersion[]; next: string | null } | Fault> {
  const named = provider === undefined ? undefined : findProvider(app.catalog, provider)
  if (named instanceof Fault) return named
  const scope = scopeOf(principal)
  const tools = (named?.tools ?? app.catalog.tools.values())
    .filter(tool => allowsTool(scope, tool) && (after === undefined || tool.name > after))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const page = tools.slice(0, limit)
  const names = page.map(({ name }) => name)
  const notices = await listNotices(app, principal.workspaceId, names)
  return {
    items: page.map(tool => versionOf(tool, notices.get(tool.name), app.clock.now())),
    next: tools.length > limit ? (names.at(-1) ?? null) : null,
  }
}

/** Pure. */
export function versionOf(tool: Tool, notices: readonly ToolNoticeRow[] = [], nowMs: number): ToolVersion {
  const standing = new Map(notices.filter(row => stands(row, nowMs)).map(row => [row.kind, row]))
  const mismatch = standing.get('output_mismatch')
  return {
    tool: tool.name,
    provider: tool.provider.slug,
    version: tool.version ?? null,
    versionSeen: standing.get('version')?.value ?? null,
    deprecation: standing.get('deprecation')?.value ?? null,
    sunset: standing.get('sunset')?.value ?? null,
    mismatches: mismatch?.count ?? 0,
    mismatch: mismatch?.value ?? null,
  }
}
