import { allowsTool } from '../accounts/scope.ts'
import type { App } from '../app.ts'
import { registrationOf } from '../catalog/auth.ts'
import type { Provider } from '../catalog/catalog.ts'
import type { Auth } from '../catalog/define.ts'
import { selectConnections } from './connection.ts'
import { isSeen, type Sight } from './list-connections.ts'
import { builtInClient, needsApp } from './oauth-apps/registrations.ts'

/** A provider as somebody sees it who wants to connect it. */
export type ProviderView = {
  slug: string
  name: string
  about: string
  category: string
  /** In the order in which they are offered. */
  ways: { id: string; kind: Auth['kind']; label: string }[]
  /** How many connections and tools of it this principal sees. */
  connections: number
  tools: number
  /** Whether it can be connected now: it is there, and one of its ways needs no OAuth app, or has one. */
  ready: boolean
}

export function listProviders(app: Pick<App, 'db' | 'catalog' | 'config'>, sight: Sight): Promise<ProviderView[]> {
  return viewProviders(app, sight, providersFor(app, sight))
}

/** Every provider that a key of this sight may use, in the order of their names. */
export function providersFor({ catalog }: Pick<App, 'catalog'>, { scope = {} }: Sight): Provider[] {
  return [...catalog.providers.values()]
    .filter(({ slug }) => scope.providers?.includes(slug) ?? true)
    .toSorted((a, b) => a.connector.name.localeCompare(b.connector.name))
}

/** These providers with what there is of each. Only their tools are made. */
export async function viewProviders(
  { db, config }: Pick<App, 'db' | 'config'>,
  sight: Sight,
  providers: readonly Provider[],
): Promise<ProviderView[]> {
  const connections = (await selectConnections(db.read, sight.workspaceId).execute()).filter(row => isSeen(sight, row))
  const apps = await db.read
    .selectFrom('oauth_apps')
    .select('registration')
    .where('workspace_id', '=', sight.workspaceId)
    .execute()
  const registrations = new Set(apps.map(({ registration }) => registration))
  const { scope = {} } = sight
  return providers.map(provider => ({
    ...plainView(provider),
    connections: connections.filter(row => row.provider === provider.slug).length,
    tools: provider.tools.filter(tool => allowsTool(scope, tool)).length,
    ready: isThere(provider, config) && provider.connector.auth.some(auth => isReady(provider, auth, registrations)),
  }))
}

function plainView({ slug, connector }: Provider): Omit<ProviderView, 'connections' | 'tools' | 'ready'> {
  return {
    slug,
    name: connector.name,
    about: connector.about,
    category: connector.category ?? '',
    ways: connector.auth.map(({ id, kind, label }) => ({ id, kind, label })),
  }
}

/** Whether there is anything to connect: what is for practice runs only where it was started with ClawLink. Pure. */
function isThere({ slug, connector }: Provider, { baseUrls }: Pick<App['config'], 'baseUrls'>): boolean {
  return connector.category !== 'practice' || baseUrls[slug] !== undefined
}

/** Whether this way can be gone now. Pure. */
export function isReady(provider: Provider, auth: Auth, registrations: ReadonlySet<string>): boolean {
  return !needsApp(auth) || builtInClient(auth) !== undefined || registrations.has(registrationOf(provider, auth).slug)
}
