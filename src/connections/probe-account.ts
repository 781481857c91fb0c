import type { App } from '../app.ts'
import type { Provider } from '../catalog/catalog.ts'
import type { Auth } from '../catalog/define.ts'
import { errorRule } from '../catalog/error-rule.ts'
import { fillText, fillUrl, type Values } from '../catalog/fill-url.ts'
import { valueAt } from '../catalog/paths.ts'
import { fillHeaders } from '../catalog/request.ts'
import { fillTemplate, parseTemplate } from '../catalog/template.ts'
import { type ErrorCode, Fault } from '../core/errors.ts'
import { jsonOrUndefined } from '../core/json.ts'
import type { SignedRequest } from './apply-credential.ts'
import type { Credential } from './credential.ts'
import { sendAs } from './send-as.ts'

/** Whose account a credential opens, and what else the provider told of it. */
export type Account = { id: string; label: string; metadata: Record<string, string> }

/** `refused`: the provider said that the credential itself is no good, and not only that it may not do this. */
export type Probed = { account: Account | Fault; refused: boolean }

/** Proves a credential by the connector's cheap request, and learns whose account it opens. */
export async function probeAccount(
  app: App,
  provider: Provider,
  auth: Auth,
  credential: Credential,
  values: Values,
): Promise<Probed> {
  const { name } = provider.connector
  const request = probeRequest(provider, values)
  if (request instanceof Fault) return { account: request, refused: false }
  const result = await sendAs(app, { auth, credential, values }, request)
  if (result instanceof Fault) return { account: result, refused: false }
  if (result.kind === 'lost') {
    const account = new Fault(
      'provider_unavailable',
      `${name} could not be asked about this account. ${result.message}`,
      {
        fix: `Check that ${new URL(request.url).origin} can be reached from here, then try again.`,
      },
    )
    return { account, refused: false }
  }
  const text = result.body.toString('utf8')
  const { status, headers } = result
  const body = jsonOrUndefined(text) ?? text
  const code = errorRule(provider.connector, { status, headers, body })?.code
  const account = accountOf(provider, auth, { status, body, code }, values)
  return { account, refused: status === 401 || code === 'authentication_failed' }
}

/** What an answer says about the account. Pure. */
function accountOf(
  { connector: { name, account } }: Provider,
  auth: Auth,
  { status, body, code }: { status: number; body: unknown; code: ErrorCode | undefined },
  values: Values,
): Account | Fault {
  if (status === 429 || code === 'rate_limited') {
    return new Fault('rate_limited', `${name} takes no more requests just now.`, { providerStatus: status })
  }
  if (status === 401 || status === 403 || code === 'authentication_failed') {
    return new Fault('authentication_failed', `${name} refused this ${auth.label}.`, {
      providerStatus: status,
      fix: `Make a new ${auth.label}${auth.console ? ` at ${auth.console}` : ''}, and add it again.`,
    })
  }
  const nameless = new Fault('provider_unavailable', `${name} answered ${status} without naming an account.`, {
    providerStatus: status,
  })
  if (code || status < 200 || status > 299) return nameless
  const id = account.id === undefined ? '' : accountId(account.id, body, values)
  if (typeof id !== 'string' && typeof id !== 'number') return nameless
  const label = account.label === undefined ? undefined : valueAt(body, account.label)
  return { id: plain(id), label: plain(label ?? (id || name)), metadata: kept(body, account.keep) }
}

/** Where the provider said whose account it is before, as with a realm in a callback, its answer need not say so again. */
function accountId(path: string, body: unknown, values: Values): unknown {
  return path.startsWith('{') ? fillText(path, name => values[name]) : valueAt(body, path)
}

function probeRequest({ connector, base }: Provider, values: Values): SignedRequest | Fault {
  const template = parseTemplate(connector.account.request)
  const origin = fillUrl(connector.account.base ?? base, values, connector.hosts)
  const path = fillTemplate(template, values)
  const bad = [origin, path].find(each => typeof each !== 'string')
  if (bad) {
    return new Fault('validation_error', `${bad.field} ${bad.problem}.`, { invalidFields: [bad] })
  }
  const headers: Record<string, string> = {
    accept: 'application/json',
    'user-agent': 'ClawLink',
    ...connector.api.headers,
  }
  fillHeaders(headers, values)
  const { body } = connector.account
  if (body !== undefined) headers['content-type'] = 'application/json'
  return {
    method: template.method,
    url: `${String(origin)}${String(path)}`,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
}

/** Values of an answer to remember with the connection; those that are not there are left out. */
export function kept(body: unknown, paths: Record<string, string> = {}): Record<string, string> {
  const found = Object.entries(paths).flatMap(([name, path]) => {
    const value = valueAt(body, path)
    return typeof value === 'string' || typeof value === 'number' ? [[name, plain(value, 500)]] : []
  })
  return Object.fromEntries(found)
}

/** The provider's own words on one line, short enough for a label: they are stored and shown. */
function plain(text: unknown, charsMax = 80): string {
  return String(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, charsMax)
}
