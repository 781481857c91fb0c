import type { App } from '../../app.ts'
import { Fault, type InvalidField } from '../../core/errors.ts'
import { matchesGlob } from './match-glob.ts'
import type { RuleMatch } from './rule.ts'
import type { NewRule } from './rule-view.ts'

/**
 * What a new rule names that does not exist, or an end that is past. A rule with a slip of the pen would never match, and
 * nobody would notice that it protects nothing.
 */
export async function checkRule(app: App, workspaceId: string, rule: NewRule): Promise<Fault | undefined> {
  const { match, expiresAt } = rule
  const invalidFields = [
    ...(expiresAt !== null && Date.parse(expiresAt) <= app.clock.now()
      ? [{ field: 'expiresAt', problem: 'must be in the future' }]
      : []),
    ...unknownNames(app, match),
    ...(await unknownIds(app, workspaceId, match)),
  ]
  if (!invalidFields.length) return undefined
  const named = invalidFields.map(({ field, problem }) => `${field} ${problem}`).join('; ')
  return new Fault('validation_error', `The rule is not valid: ${named}.`, { invalidFields })
}

function unknownNames({ catalog }: App, { providers = [], tools = [] }: RuleMatch): InvalidField[] {
  const names = [...catalog.tools.keys()]
  return [
    ...unknown('match.providers', 'is no provider', providers, slug => catalog.providers.has(slug)),
    ...unknown('match.tools', 'fits no tool', tools, glob => names.some(name => matchesGlob(glob, name))),
  ]
}

async function unknownIds(app: App, workspaceId: string, match: RuleMatch): Promise<InvalidField[]> {
  const { agents = [], connections = [] } = match
  const known = async (table: 'agents' | 'connections', ids: string[]) => {
    if (!ids.length) return new Set<string>()
    const rows = await app.db.read
      .selectFrom(table)
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('id', 'in', ids)
      .execute()
    return new Set(rows.map(({ id }) => id))
  }
  const knownAgents = await known('agents', agents)
  const knownConnections = await known('connections', connections)
  return [
    ...unknown('match.agents', 'is no agent of this workspace', agents, id => knownAgents.has(id)),
    ...unknown('match.connections', 'is no connection of this workspace', connections, id => knownConnections.has(id)),
  ]
}

function unknown(field: string, problem: string, names: string[], exists: (name: string) => boolean): InvalidField[] {
  return names.flatMap((name, i) => (exists(name) ? [] : [{ field: `${field}.${i}`, problem: `${problem}: ${name}` }]))
}
