import type { App } from '../../app.ts'
import type { Auth, OAuth1, OAuth2, OAuth2Device } from '../../catalog/auth.ts'
import type { Provider } from '../../catalog/catalog.ts'
import { Fault } from '../../core/errors.ts'
import type { ConnectSessionRow } from '../../db/schema.ts'
import { labelFault, labelTaken } from '../connection-label.ts'
import { fieldValues } from '../field-values.ts'
import type { OAuthClient } from '../oauth/client.ts'
import { clientOf } from '../oauth-apps/client-of.ts'
import { strangeHost } from '../oauth-apps/typed-host.ts'
import type { BoundSession } from './bound-session.ts'
import { type Choices, newTryId } from './kept-try.ts'

/** What the page sends for a try, in whichever way. */
export type TryWish = {
  /** Id of one of the provider's ways. */
  way: string
  /** What was typed in, by name. */
  typed: Readonly<Record<string, string>>
  label?: string | undefined
  makeDefault?: boolean | undefined
}

export type OAuthWish = TryWish & {
  /** Instead of those that would be asked for. */
  scopes?: readonly string[] | undefined
  /** Id of one of the workspace's, or empty for the one that comes with ClawLink. */
  oauthApp?: string | undefined
}

/** A way that was chosen, with what was typed in still to be checked. */
export type ChosenWay<A extends Auth> = {
  provider: Provider
  auth: A
  typed: Record<string, string>
  label: string
  makeDefault: boolean
}

export async function chooseWay<A extends Auth>(
  app: App,
  row: ConnectSessionRow,
  wish: TryWish,
  fits: (auth: Auth) => auth is A,
): Promise<ChosenWay<A> | Fault> {
  const found = wayOf(app, row, wish.way, fits)
  if (found instanceof Fault) return found
  const label = await labelFor(app, row, wish.label ?? row.label)
  if (label instanceof Fault) return label
  // Whoever pastes takes a line break or a blank along now and then.
  const typed = Object.fromEntries(Object.entries(wish.typed).map(([name, text]) => [name, text.trim()]))
  return { ...found, typed, label, makeDefault: wish.makeDefault ?? false }
}

/** A try by way of the provider's own page, with everything about it that can be known before anybody is asked. */
export type OAuthTry<A extends Auth> = {
  provider: Provider
  auth: A
  client: OAuthClient
  /** To be kept until it ends. */
  choices: Choices
}

/** Checks what was chosen and typed in. A fault names each field that is wrong. */
export async function prepareTry<A extends OAuth2 | OAuth2Device | OAuth1>(
  app: App,
  { row, member }: BoundSession,
  wish: OAuthWish,
  fits: (auth: Auth) => auth is A,
): Promise<OAuthTry<A> | Fault> {
  const chosen = await chooseWay(app, row, wish, fits)
  if (chosen instanceof Fault) return chosen
  const { provider, auth, typed, label, makeDefault } = chosen
  const given = fieldValues(provider, auth, typed)
  if (given instanceof Fault) return given
  const client = await clientOf(app, row.workspace_id, provider, auth, wish.oauthApp)
  if (client instanceof Fault) return client
  const { parts, values } = given
  const strange = await strangeHost(app, member, { provider, auth, appId: client.appId, values })
  if (strange) return strange
  const scopes = 'scopes' in auth ? await scopesFor(app, row, auth, wish.scopes) : []
  const choices: Choices = {
    id: newTryId(),
    way: auth.id,
    oauthAppId: client.appId,
    parts,
    values: { ...values },
    scopes,
    label,
    makeDefault,
  }
  return { provider, auth, client, choices }
}

/** The provider of a session and one of its ways. */
export function wayOf<A extends Auth>(
  app: App,
  row: ConnectSessionRow,
  way: string,
  fits: (auth: Auth) => auth is A,
): { provider: Provider; auth: A } | Fault {
  const provider = app.catalog.providers.get(row.provider)
  if (!provider) return new Fault('provider_not_found', `There is no provider "${row.provider}" any more.`)
  const auth = provider.connector.auth.find(({ id }) => id === way)
  if (auth && fits(auth)) return { provider, auth }
  const problem = 'is not a way to connect like this'
  return new Fault('validation_error', `The way ${problem}.`, {
    invalidFields: [{ field: 'way', problem }],
    choices: provider.connector.auth.filter(fits).map(({ id }) => id),
  })
}

/** A connection that is there keeps its label. A label that is taken is told of before the person goes to the provider. */
async function labelFor(app: App, row: ConnectSessionRow, wanted: string): Promise<string | Fault> {
  if (wanted === '' || row.connection_id !== '') return ''
  const label = wanted.trim()
  const wrong = labelFault(wanted)
  if (wrong) return wrong
  const taken = await app.db.read
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', row.workspace_id)
    .where('provider', '=', row.provider)
    .where('label', '=', label)
    .executeTakeFirst()
  return taken ? labelTaken(row.provider, label, 'Give this one another label, or leave it empty.') : label
}

/**
 * What to ask the provider for: what the person chose on the page, else all that the connector needs, that was asked for
 * with this session, and that the connection had been asked for before.
 */
async function scopesFor(
  app: App,
  row: ConnectSessionRow,
  auth: { id: string; scopes: readonly string[] },
  chosen: readonly string[] | undefined,
): Promise<string[]> {
  if (chosen) return [...new Set(chosen)]
  const before = row.connection_id
    ? await app.db.read
        .selectFrom('connections')
        .select('asked_scopes')
        .where('id', '=', row.connection_id)
        .where('auth', '=', auth.id)
        .executeTakeFirst()
    : undefined
  return [...new Set([...auth.scopes, ...readScopes(before?.asked_scopes), ...readScopes(row.scopes)])]
}

/** A stored list of scopes. */
export function readScopes(json = '[]'): string[] {
  return JSON.parse(json) // written by us alone
}
