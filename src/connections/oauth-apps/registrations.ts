import type { App } from '../../app.ts'
import {
  type AppRegistration,
  type Auth,
  type OAuth1,
  type OAuth2,
  type OAuth2Device,
  registrationOf,
} from '../../catalog/auth.ts'
import type { Catalog, Provider } from '../../catalog/catalog.ts'
import { redirectUri } from '../sessions/connect-session.ts'

/** The ways that need an OAuth app which somebody registered at the provider. */
export type AppAuth = OAuth2 | OAuth2Device | OAuth1

export const needsApp = (auth: Auth): auth is AppAuth =>
  auth.kind === 'oauth2' || auth.kind === 'oauth2_device' || auth.kind === 'oauth1'

/** The OAuth app that comes with ClawLink for this way, if one does. */
export const builtInClient = (auth: AppAuth) => ('client' in auth ? auth.client : undefined)

/** One kind of OAuth app, and what it serves. */
export type Registration = {
  app: AppRegistration
  uses: { provider: Provider; auth: AppAuth }[]
}

/** Every kind of OAuth app that a connector of this catalogue can use, by its slug. */
export function registrationsIn(catalog: Catalog): ReadonlyMap<string, Registration> {
  const found = new Map<string, Registration>()
  for (const provider of catalog.providers.values()) {
    for (const auth of provider.connector.auth) {
      if (!needsApp(auth)) continue
      const app = registrationOf(provider, auth)
      const known = found.get(app.slug) ?? { app, uses: [] }
      // Of several connectors that share one, that which says more about it tells how it is registered.
      const told = app.steps && !known.app.steps ? app : known.app
      found.set(app.slug, { app: told, uses: [...known.uses, { provider, auth }] })
    }
  }
  return found
}

/** What a person registers at the provider, with everything filled in. */
export type RegistrationView = {
  slug: string
  name: string
  console: string
  steps: string[]
  warnings: { title: string; text: string; step?: number }[]
  /** The file that the provider gives to download, if it can be read here. */
  acceptsFile: { about: string } | null
  redirectUri: string
  providers: { slug: string; name: string; scopes: string[] }[]
  /** How many of this kind the workspace has. */
  apps: number
}

/** Every kind of OAuth app that somebody has to register or has, in the order of its name, with what to do for it. */
export async function listRegistrations(app: App, workspaceId: string): Promise<RegistrationView[]> {
  const rows = await app.db.read
    .selectFrom('oauth_apps')
    .select('registration')
    .where('workspace_id', '=', workspaceId)
    .execute()
  const countOf = ({ app: { slug } }: Registration) => rows.filter(row => row.registration === slug).length
  return [...registrationsIn(app.catalog).values()]
    .filter(each => countOf(each) > 0 || each.uses.some(({ auth }) => !builtInClient(auth)))
    .map(each => viewOf(each, redirectUri(app), countOf(each)))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

function viewOf({ app, uses }: Registration, uri: string, apps: number): RegistrationView {
  const providers = [...new Set(uses.map(({ provider }) => provider))].map(provider => ({
    slug: provider.slug,
    name: provider.connector.name,
    scopes: [...new Set(uses.filter(use => use.provider === provider).flatMap(({ auth }) => scopesOf(auth)))],
  }))
  const scopes = [...new Set(providers.flatMap(provider => provider.scopes))]
  const fill = (text: string) => text.replaceAll('{redirectUri}', uri).replaceAll('{scopes}', scopes.join(' '))
  return {
    slug: app.slug,
    name: app.name,
    console: app.console,
    steps: (app.steps ?? standardSteps(app, scopes)).map(fill),
    warnings: [...(app.warnings ?? [])],
    acceptsFile: app.file ? { about: app.file.about } : null,
    redirectUri: uri,
    providers,
    apps,
  }
}

export const scopesOf = (auth: AppAuth): readonly string[] => ('scopes' in auth ? auth.scopes : [])

function standardSteps({ name, console }: AppRegistration, scopes: readonly string[]): string[] {
  return [
    console ? `Register an OAuth app at ${console}.` : `Register an OAuth app in the developer settings of ${name}.`,
    'As its redirect URI (callback URL) enter exactly {redirectUri}',
    ...(scopes.length ? ['Where scopes are chosen, choose {scopes}'] : []),
    'Copy its client id and its client secret, and enter them here.',
  ]
}
