import type { Catalog } from '../catalog/catalog.ts'
import { Fault, type InvalidField } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import type { Environment } from './principal.ts'
import type { Scope } from './scope.ts'

/**
 * A fault when a scope names a provider, tool or connection that is not there: it would silently allow nothing. Without an
 * environment, connections of both count.
 */
export async function checkScopeNames(
  db: Db,
  catalog: Catalog,
  { workspaceId, environment, scope }: { workspaceId: string; environment: Environment | undefined; scope: Scope },
): Promise<Fault | undefined> {
  const rows = scope.connections?.length
    ? await db.read
        .selectFrom('connections')
        .select('id')
        .where('workspace_id', '=', workspaceId)
        .$if(environment !== undefined, q => q.where('environment', '=', environment ?? 'live'))
        .execute()
    : []
  const invalidFields: InvalidField[] = [
    ...unknown('providers', scope.providers, catalog.providers, 'there is no such provider'),
    ...unknown('tools', scope.tools, catalog.tools, 'there is no such tool'),
    ...unknown(
      'connections',
      scope.connections,
      new Set(rows.map(({ id }) => id)),
      environment ? `there is no ${environment} connection of this id` : 'there is no connection of this id',
    ),
  ]
  if (!invalidFields.length) return undefined
  const named = invalidFields.map(({ field, problem }) => `${field}: ${problem}`).join('; ')
  return new Fault('validation_error', `The scope is not valid. ${named}.`, { invalidFields })
}

function unknown(
  list: string,
  names: readonly string[] | undefined,
  known: { has(name: string): boolean },
  problem: string,
): InvalidField[] {
  const wrong = names?.filter(name => !known.has(name)) ?? []
  return wrong.map(name => ({ field: `scope.${list}`, problem: `"${name}": ${problem}` }))
}
