import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { isAllowed } from './permissions.ts'
import type { Environment, MemberPrincipal } from './principal.ts'
import type { Scope } from './scope.ts'
import { checkScopeNames } from './scope-names.ts'

/** Why this member may not give a key this scope, or undefined: nobody grants what they may not do, or what is not there. */
export async function mayGrant(
  { db, catalog }: Pick<App, 'db' | 'catalog'>,
  member: MemberPrincipal,
  { environment, scope }: { environment?: Environment; scope: Scope },
): Promise<Fault | undefined> {
  if (scope.manageConnections && !isAllowed(member, 'connections.change'))
    return new Fault('forbidden', 'You may not change connections, so you cannot let a key do it.')
  return checkScopeNames(db, catalog, { workspaceId: member.workspaceId, environment, scope })
}
