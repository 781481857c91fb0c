import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { Scope } from '../../accounts/scope.ts'
import type { App } from '../../app.ts'
import { TtlCache } from '../../core/ttl-cache.ts'
import { isRelayInUse } from '../../relay/agents/in-use.ts'
import { listedMetaTool, runMetaTool } from './meta-tool.ts'
import { metaTools } from './meta-tools.ts'
import { callingTool, instructions } from './protocol.ts'
import { relayTools } from './relay-tools.ts'
import { listedOnce, listFirst, type Toolset } from './toolset.ts'

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
    instead: name => (app.catalog.tools.has(name) ? `Give it to ${callingTool} as its \`tool\`.` : listFirst),
  }
}
