import { isAllowed } from '../../accounts/permissions.ts'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Provider } from '../../catalog/catalog.ts'
import type { Values } from '../../catalog/fill-url.ts'
import { Fault } from '../../core/errors.ts'
import { metadataOf } from '../auth-of.ts'
import { fieldsOf } from '../field-values.ts'
import type { AppAuth } from './registrations.ts'

/**
 * Why the secret of this OAuth app must not go where these values lead, or undefined. Where people run the provider
 * themselves, whoever connects types in the host that the secret is sent to: it could be a server of their own. So beside
 * the provider's own host it goes to those alone that an owner or admin has connected to with this app before.
 */
export async function strangeHost(
  app: App,
  member: MemberPrincipal,
  { provider, auth, appId, values }: { provider: Provider; auth: AppAuth; appId: string; values: Values },
): Promise<Fault | undefined> {
  // The one that comes with ClawLink is known to everybody.
  if (appId === '' || isAllowed(member, 'oauth_apps.change')) return undefined
  const fields = fieldsOf(provider, auth)
  const strange = hostNames(provider, auth).filter(name => values[name] !== fields[name]?.default)
  if (!strange.length) return undefined
  const known = await app.db.read
    .selectFrom('connections')
    .select('metadata')
    .where('workspace_id', '=', member.workspaceId)
    .where('provider', '=', provider.slug)
    .where('oauth_app_id', '=', appId)
    .execute()
  const isKnown = known.map(metadataOf).some(there => strange.every(name => there[name] === values[name]))
  if (isKnown) return undefined
  const problem = 'is a server that no owner or admin has connected to yet with this OAuth app'
  const { name } = provider.connector
  return new Fault('forbidden', `The secret of the OAuth app would be sent there: it ${problem}.`, {
    invalidFields: strange.map(field => ({ field, problem })),
    fix: `Ask an owner or admin to connect that ${name} first, or connect in another way, such as with a token.`,
  })
}

/** What a person types in that decides on the whole host of an endpoint which gets the secret. Pure. */
function hostNames(provider: Provider, auth: AppAuth): string[] {
  const fields = fieldsOf(provider, auth)
  const names = endpointsOf(auth).flatMap(template => {
    const whole = /^(?:https?:\/\/)?\{(\w+)\}(?=[/?#]|$)/.exec(template)?.[1]
    if (whole) return provider.connector.hosts ? [] : [whole]
    // The end of a host decides whose it is: `api.{site}`.
    return /^https?:\/\/[^/?#]*\{(\w+)\}(?=[/?#]|$)/.exec(template)?.[1] ?? []
  })
  return [...new Set(names)].filter(name => fields[name] && !fields[name].options)
}

function endpointsOf(auth: AppAuth): string[] {
  if (auth.kind === 'oauth1') return [auth.requestToken, auth.accessToken]
  const { token, refresh = token, revoke = token } = auth
  const device = auth.kind === 'oauth2_device' ? [auth.device] : []
  return [token, refresh, typeof revoke === 'string' ? revoke : revoke.url, ...device]
}
