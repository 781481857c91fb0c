import type { Principal } from '../../accounts/principal.ts'
import type { Sight } from '../../connections/list-connections.ts'

/** A key sees its own environment, and there what its scope lets it; a member sees all. */
export function sightOf(principal: Principal): Sight {
  const { workspaceId } = principal
  return principal.kind === 'member'
    ? { workspaceId }
    : { workspaceId, environment: principal.environment, scope: principal.scope }
}
