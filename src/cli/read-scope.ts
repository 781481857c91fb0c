import { type Scope, scopeSchema } from '../accounts/scope.ts'
import { checkScopeNames } from '../accounts/scope-names.ts'
import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import { type Flags, text } from './settings.ts'

/** The scope that the flags of a command give, if every name in it is one. */
export async function readScopeFlags(
  db: Db,
  flags: Flags,
  { workspaceId, environment }: { workspaceId: string; environment: 'live' | 'test' },
): Promise<Scope | Fault> {
  const lists = (['effects', 'providers', 'tools', 'connections'] as const).flatMap(name => {
    const given = text(flags, name)
    return given === undefined
      ? []
      : [
          [
            name,
            given
              .split(',')
              .map(part => part.trim())
              .filter(Boolean),
          ],
        ]
  })
  const given = { ...Object.fromEntries(lists), ...(flags.manageConnections === true && { manageConnections: true }) }
  const parsed = scopeSchema.safeParse(given)
  if (!parsed.success)
    return new Fault('validation_error', '--effects takes one or more of: read, write, destructive.', {
      fix: 'For example: --effects read,write',
    })
  if (!lists.length) return parsed.data
  const [{ buildCatalog }, { connectors }] = await Promise.all([
    import('../catalog/catalog.ts'),
    import('../connectors/index.ts'),
  ])
  const wrong = await checkScopeNames(db, buildCatalog(connectors), { workspaceId, environment, scope: parsed.data })
  return wrong ?? parsed.data
}

/** A scope in a few words. */
export function scopeWords({ effects, providers, tools, connections, manageConnections }: Scope): string {
  const lists = [effects, providers, tools, connections && ['named connections']]
  const words = lists.flatMap(list => (list ? [list.length ? list.join(' ') : 'nothing'] : []))
  if (manageConnections) words.push('manages connections')
  return words.join('; ') || 'all tools'
}

/** A whole number of a flag, or undefined without the flag. */
export function wholeNumber(flags: Flags, name: string, flag: string, [min, max]: readonly [number, number]) {
  const given = text(flags, name)
  if (given === undefined) return undefined
  const number = Number(given)
  return /^\d+$/.test(given) && number >= min && number <= max
    ? number
    : new Fault('validation_error', `${flag} takes a whole number from ${min} to ${max}.`, {
        fix: `For example: ${flag} ${Math.min(Math.max(min, 60), max)}`,
      })
}
