import type { Item } from '../api/send.ts'
import type { Draft, Environment, Scope } from './draft.ts'
import type { Names } from './scope-sentence.ts'

export type Provider = Pick<Item<'GET /providers'>, 'slug' | 'name' | 'about' | 'tools'>
export type Connection = Pick<
  Item<'GET /connections'>,
  'id' | 'provider' | 'label' | 'environment' | 'account' | 'isDefault' | 'createdAt'
>

/** What there is to choose from in this workspace. */
export type Choices = { providers: readonly Provider[]; connections: readonly Connection[] }

/** The connections that a key could use: of its environment, and of the apps that it may use. Pure. */
export function connectionsFor(
  { connections }: Choices,
  { environment, providers }: Pick<Draft, 'environment' | 'providers'>,
): Connection[] {
  return connections.filter(
    each => each.environment === environment && (providers === 'all' || providers.includes(each.provider)),
  )
}

/** A draft with one part changed, and without the connections that no longer fit to it. Pure. */
export function changed(draft: Draft, part: Partial<Draft>, choices: Choices): Draft {
  const next = { ...draft, ...part }
  if (next.connections === 'all') return next
  const fitting = new Set(connectionsFor(choices, next).map(({ id }) => id))
  return { ...next, connections: next.connections.filter(id => fitting.has(id)) }
}

/**
 * What a stranger asks for, as far as it is there, and the names of what is not: asking for those would be refused. Tools
 * are left to the server, which knows their names. Pure.
 */
export function fitWish(
  scope: Scope,
  environment: Environment,
  { providers, connections }: Choices,
): { scope: Scope; missing: string[] } {
  const slugs = new Set(providers.map(({ slug }) => slug))
  const ids = new Set(connections.filter(each => each.environment === environment).map(({ id }) => id))
  const missing = [
    ...(scope.providers?.filter(slug => !slugs.has(slug)) ?? []),
    ...(scope.connections?.filter(id => !ids.has(id)) ?? []),
  ]
  return {
    scope: {
      ...scope,
      ...(scope.providers && { providers: scope.providers.filter(slug => slugs.has(slug)) }),
      ...(scope.connections && { connections: scope.connections.filter(id => ids.has(id)) }),
    },
    missing,
  }
}

/** The names that people know these by. What is not there any more is called by its id. */
export function namesOf({ providers, connections }: Choices): Names {
  const providerNames = new Map(providers.map(({ slug, name }) => [slug, name]))
  const labels = new Map(connections.map(({ id, label }) => [id, label]))
  return {
    provider: slug => providerNames.get(slug) ?? slug,
    connection: id => labels.get(id) ?? id,
  }
}
