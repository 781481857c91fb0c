import type { App } from '../app.ts'
import { registrationOf } from '../catalog/auth.ts'
import type { Auth, Field, Fields } from '../catalog/define.ts'
import { Fault } from '../core/errors.ts'
import type { Sight } from './list-connections.ts'
import { isReady, type ProviderView, providersFor, viewProviders } from './list-providers.ts'
import { needsApp } from './oauth-apps/registrations.ts'

/** A box to fill in. */
export type FieldView = {
  label: string
  hint: string | null
  example: string | null
  secret: boolean
  options: string[] | null
  default: string | null
  optional: boolean
  lines: boolean
}

/** A way to connect, with everything that a form for it needs. */
export type WayView = {
  id: string
  kind: Auth['kind']
  label: string
  /** Page at the provider where the secret is made. */
  console: string | null
  advice: string | null
  fields: Record<string, FieldView>
  scopes: string[]
  /** Null when it needs none. */
  oauthApp: { registration: string; ready: boolean; apps: { id: string; label: string }[] } | null
}

export type ProviderDescription = Omit<ProviderView, 'ways'> & { inputs: Record<string, FieldView>; ways: WayView[] }

/** One provider with all its ways to connect. */
export async function describeProvider(
  app: Pick<App, 'db' | 'catalog' | 'config'>,
  sight: Sight,
  slug: string,
): Promise<ProviderDescription | Fault> {
  const usable = providersFor(app, sight)
  const provider = usable.find(each => each.slug === slug)
  const [view] = provider ? await viewProviders(app, sight, [provider]) : []
  if (!provider || !view) {
    return new Fault('provider_not_found', `There is no provider "${slug.slice(0, 100)}".`, {
      choices: usable.map(each => each.slug),
    })
  }
  const apps = await app.db.read
    .selectFrom('oauth_apps')
    .select(['id', 'label', 'registration'])
    .where('workspace_id', '=', sight.workspaceId)
    .orderBy('is_default', 'desc')
    .orderBy('id')
    .execute()
  const registrations = new Set(apps.map(({ registration }) => registration))
  const ways = provider.connector.auth.map((auth): WayView => {
    const registration = needsApp(auth) ? registrationOf(provider, auth).slug : ''
    return {
      id: auth.id,
      kind: auth.kind,
      label: auth.label,
      console: auth.console ?? null,
      advice: auth.advice ?? null,
      fields: viewOfFields('fields' in auth ? auth.fields : undefined),
      scopes: 'scopes' in auth ? [...auth.scopes] : [],
      oauthApp: registration
        ? {
            registration,
            ready: isReady(provider, auth, registrations),
            apps: apps.filter(each => each.registration === registration).map(({ id, label }) => ({ id, label })),
          }
        : null,
    }
  })
  return { ...view, inputs: viewOfFields(provider.connector.inputs), ways }
}

function viewOfFields(fields: Fields = {}): Record<string, FieldView> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, viewOf(field)]))
}

function viewOf({ label, hint, example, secret, options, default: standard, optional, lines }: Field): FieldView {
  return {
    label,
    hint: hint ?? null,
    example: example ?? null,
    secret: secret ?? false,
    options: options ? [...options] : null,
    default: standard ?? null,
    optional: optional ?? false,
    lines: lines ?? false,
  }
}
