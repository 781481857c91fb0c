import { type By, commandLine, recordAudit } from '../accounts/audit.ts'
import type { Environment } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { Provider } from '../catalog/catalog.ts'
import type { Auth, Field } from '../catalog/define.ts'
import { findProvider } from '../catalog/find-provider.ts'
import { Fault } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { type Connection, connectionOf } from './connection.ts'
import { labelFault } from './connection-label.ts'
import { fieldsOf } from './field-values.ts'
import { connectLink } from './links.ts'
import { needsApp } from './oauth-apps/registrations.ts'
import { type FieldsAuth, proveFields } from './prove-fields.ts'
import { saveConnection } from './save-connection.ts'
import { readSecretRef } from './stores/read-secret-ref.ts'

export type NewConnection = {
  provider: string
  environment: Environment
  /** The id of the way to authenticate; without it the first that takes what is given. */
  way?: string | undefined
  /** What the way asks for, by its names. */
  fields?: Readonly<Record<string, string>> | undefined
  /** The one secret that it asks for, beside the other fields. */
  secret?: Secret | undefined
  /** Where the secret fields are kept instead of here; they are read there at each use. */
  secretRef?: string | undefined
  /** Unique per provider; the account's own name when absent. */
  label?: string | undefined
  makeDefault?: boolean | undefined
}

/**
 * Connects one account by what a person typed in: proves it by live requests, and stores it. Nothing is stored when the
 * provider refuses. A new connection becomes the default only when that is asked for.
 */
export async function addConnection(
  app: App,
  workspaceId: string,
  wanted: NewConnection,
  by: By = { actor: commandLine },
): Promise<Connection | Fault> {
  const { environment, label, makeDefault, secretRef } = wanted
  const provider = findProvider(app.catalog, wanted.provider)
  if (provider instanceof Fault) return provider
  const wrong = labelFault(label)
  if (wrong) return wrong
  const auth = wayFor(app, provider, wanted)
  if (auth instanceof Fault) return auth
  const given = await givenTo(app, provider, auth, wanted)
  if (given instanceof Fault) return given
  const proven = await proveFields(app, provider, auth, given)
  if (proven instanceof Fault) return proven
  const row = await saveConnection(app, {
    ...proven,
    workspaceId,
    provider,
    environment,
    label,
    makeDefault,
    secretRef,
    createdBy: by.actor.id,
    async also(tx, { id, label: called, account_label }) {
      await recordAudit(tx, app.clock.now(), {
        workspaceId,
        ...by,
        action: 'connection.added',
        target: id,
        details: {
          provider: provider.slug,
          environment,
          label: called,
          account: account_label,
          way: auth.id,
          secretRef: secretRef ?? '',
        },
      })
      return undefined
    },
  })
  return row instanceof Fault ? row : connectionOf(app, row)
}

/** The way to use. One that needs consent at the provider's own page cannot be gone from here. */
function wayFor(app: App, provider: Provider, { way, secretRef }: NewConnection): FieldsAuth | Fault {
  const { name, auth } = provider.connector
  const first = auth.find(each => !needsApp(each)) ?? auth[0]
  const chosen = way === undefined ? first : auth.find(({ id }) => id === way)
  if (!chosen) return invalid('way', `${name} has no such way to connect.`, { choices: auth.map(({ id }) => id) })
  if (needsApp(chosen)) {
    return invalid('way', `${name} is connected in the browser in this way (${chosen.label}).`, {
      fix: `Open ${connectLink(app, provider.slug)}, or start a connect session (POST /api/v1/connect-sessions).`,
      link: connectLink(app, provider.slug),
    })
  }
  if (secretRef !== undefined && (chosen.kind === 'client_credentials' || chosen.kind === 'jwt_bearer'))
    return invalid('secretRef', `${name} gives tokens in this way (${chosen.label}), which are kept here.`)
  return chosen
}

async function givenTo(
  app: App,
  provider: Provider,
  auth: Auth,
  { fields = {}, secret, secretRef }: NewConnection,
): Promise<Record<string, string> | Fault> {
  if (secretRef !== undefined) {
    if (secret) return invalid('secret', 'Give the secret itself or a secretRef, not both.')
    const kept = await readSecretRef(app, secretRef)
    if (kept instanceof Fault) return kept
    return { ...fields, ...Object.fromEntries(kept.names().map(name => [name, kept.reveal(name) ?? ''])) }
  }
  if (!secret) return { ...fields }
  const asked = Object.entries(fieldsOf(provider, auth)).filter(isSecret)
  const [[name] = ['secret'], ...more] = asked.filter(([, { optional }]) => !optional)
  if (!more.length) return { ...fields, [name]: secret.reveal() }
  return invalid('secret', 'Several secrets are asked for here.', { fix: 'Give each in `fields`, by its name.' })
}

const isSecret = ([, field]: [string, Field]) => field.secret === true

function invalid(
  field: string,
  message: string,
  more: { fix?: string; link?: string; choices?: string[] } = {},
): Fault {
  return new Fault('validation_error', message, { invalidFields: [{ field, problem: message }], ...more })
}
