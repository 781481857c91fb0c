import type { App } from '../app.ts'
import type { Provider } from '../catalog/catalog.ts'
import type { Auth } from '../catalog/define.ts'
import { errorRule } from '../catalog/error-rule.ts'
import { valueAt } from '../catalog/paths.ts'
import { fillTemplate, parseTemplate } from '../catalog/template.ts'
import { Fault } from '../core/errors.ts'
import { jsonOrUndefined } from '../core/json.ts'
import type { Secret } from '../core/secret.ts'
import { credentialHeaders } from './apply-credential.ts'
import { blankEcho } from './blank-echo.ts'

export type Account = { id: string; label: string }

/** Proves a credential by the connector's cheap read, and learns whose account it opens. */
export async function probeAccount(app: App, provider: Provider, auth: Auth, secret: Secret): Promise<Account | Fault> {
  const { connector, base } = provider
  const template = parseTemplate(connector.account.request)
  const answer = await app.net.send({
    method: template.method,
    url: base + String(fillTemplate(template, {})),
    headers: { accept: 'application/json', 'user-agent': 'ClawLink', ...connector.api.headers },
    credential: credentialHeaders(auth, secret),
  })
  const result = blankEcho(answer, secret)
  if (result.kind === 'lost') {
    return new Fault(
      'provider_unavailable',
      `${connector.name} could not be asked about this account. ${result.message}`,
      {
        fix: `Check that ${base} can be reached from here, then try again.`,
      },
    )
  }
  const body = jsonOrUndefined(result.body.toString('utf8'))
  const { status, headers } = result
  if (status === 429 || errorRule(connector, { status, headers, body })?.code === 'rate_limited') {
    return new Fault('rate_limited', `${connector.name} answers no more questions just now.`, {
      providerStatus: status,
    })
  }
  if (status === 401 || status === 403) {
    return new Fault('authentication_failed', `${connector.name} refused this ${auth.label}.`, {
      providerStatus: status,
      fix: `Make a new ${auth.label}${auth.console ? ` at ${auth.console}` : ''}, and add it again.`,
    })
  }
  const id = valueAt(body, connector.account.id)
  const label = valueAt(body, connector.account.label)
  if (status !== 200 || (typeof id !== 'string' && typeof id !== 'number')) {
    return new Fault('provider_unavailable', `${connector.name} answered ${status} without naming an account.`, {
      providerStatus: status,
    })
  }
  return { id: plain(id), label: plain(label ?? id) }
}

/** The provider's own words on one line, short enough for a label: they are stored and shown. */
function plain(text: unknown): string {
  return String(text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 80)
}
