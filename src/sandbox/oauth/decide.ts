import type Provider from 'oidc-provider'
import type { Account } from '../accounts.ts'
import type { Answer } from '../answer.ts'
import type { ApiRequest } from '../api.ts'
import { codePage, consentPage, type Decision, messagePage, readDecision, scopeWords } from '../consent-page.ts'
import type { Listened } from './call-listener.ts'

/** The page on which a person decides about an app that sent the browser here, and what becomes of the decision. */
export async function answerConsent(
  provider: Provider,
  accounts: readonly Account[],
  request: ApiRequest,
  { req, res }: Listened,
): Promise<Answer> {
  const interaction = await provider.interactionDetails(req, res).catch(() => undefined)
  if (!interaction) return messagePage(400, 'This page is too old', 'Start again at the app that sent you here.')
  const { client_id, redirect_uri, scope } = interaction.params
  const asked = { scopes: knownScopes(scope), accounts }
  if (request.method !== 'POST') {
    const returnsTo = URL.parse(String(redirect_uri))?.host ?? ''
    return consentPage({ ...asked, client: await nameOf(provider, client_id), returnsTo, action: request.path })
  }
  const decision = readDecision(request.body, asked)
  const result =
    decision === 'denied'
      ? { error: 'access_denied', error_description: 'the person said no' }
      : {
          login: { accountId: decision.account.id, remember: false },
          consent: { grantId: await makeGrant(provider, String(client_id), asked.scopes, decision) },
        }
  const location = await provider.interactionResult(req, res, result)
  return { status: 303, headers: { location }, text: '' }
}

/** The page on which a person lets a device in that shows a code (RFC 8628, 3.3). `request.path` has its query. */
export async function answerCode(
  provider: Provider,
  accounts: readonly Account[],
  { method, path, body }: ApiRequest,
): Promise<Answer> {
  const [page = '', query] = path.split('?', 2)
  const typed = new URLSearchParams(method === 'POST' ? body.toString() : query).get('user_code')
  if (typed === null) return codePage(page)
  const code = await provider.DeviceCode.findByUserCode(typed.toUpperCase().replace(/[^A-Z0-9]/g, ''), {
    ignoreExpiration: true,
  })
  if (!code || code.isExpired || code.accountId || code.error) return codePage(page, 'No device shows this code.')
  const asked = { scopes: knownScopes(code.params?.scope), accounts }
  const clientId = code.clientId ?? ''
  if (method !== 'POST') {
    const client = await nameOf(provider, clientId)
    return consentPage({
      ...asked,
      client: `${client}, on a device that shows ${typed},`,
      action: page,
      hidden: { user_code: typed },
    })
  }
  const decision = readDecision(body, asked)
  if (decision === 'denied') {
    Object.assign(code, { error: 'access_denied', errorDescription: 'the person said no' })
    await code.save()
    return messagePage(200, 'Nothing was connected', 'You may close this page.')
  }
  Object.assign(code, {
    accountId: decision.account.id,
    grantId: await makeGrant(provider, clientId, asked.scopes, decision),
    scope: decision.scopes.join(' '),
  })
  await code.save()
  return messagePage(200, 'The device is connected', 'It goes on by itself. You may close this page.')
}

const knownScopes = (scope: unknown) =>
  String(scope ?? '')
    .split(' ')
    .filter(each => Object.hasOwn(scopeWords, each))

async function nameOf(provider: Provider, clientId: unknown): Promise<string> {
  const client = await provider.Client.find(String(clientId))
  return client?.clientName ?? String(clientId)
}

/** Keeps what the person allowed, and what not: otherwise they would be asked for the rest at once. */
async function makeGrant(
  provider: Provider,
  clientId: string,
  asked: readonly string[],
  { account, scopes }: Exclude<Decision, 'denied'>,
): Promise<string> {
  const grant = new provider.Grant({ accountId: account.id, clientId })
  grant.addOIDCScope(scopes.join(' '))
  grant.rejectOIDCScope(asked.filter(scope => !scopes.includes(scope)).join(' '))
  return grant.save()
}
