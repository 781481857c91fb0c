import type { App } from '../app.ts'
import type { ProviderRequest } from '../catalog/request.ts'
import { authOf, valuesOf } from '../connections/auth-of.ts'
import type { Credential } from '../connections/credential.ts'
import { freshCredential } from '../connections/fresh-credential.ts'
import { reconnectLink } from '../connections/links.ts'
import { renewAfterRefusal } from '../connections/renew-after-refusal.ts'
import { sendAs } from '../connections/send-as.ts'
import { Fault } from '../core/errors.ts'
import type { WireResult } from '../net/wire.ts'
import type { Effort, ReadyCall } from './call.ts'
import { type Classified, classify } from './classify.ts'

export type Attempt = { classified: Classified; effort: Effort }
/** `timeoutMs`: for a try that does not have all the time of the call. */
export type TimedRequest = ProviderRequest & { timeoutMs?: number }

/**
 * One try on the wire: a fresh credential, the send, and what came of it. When the provider refuses the credential, which
 * means that it did not act, one that can be renewed is, and the try is made once more.
 */
export async function attempt(app: App, ready: ReadyCall, request: TimedRequest): Promise<Attempt> {
  const { connection } = ready
  const { provider } = ready.tool
  const opened = freshCredential(app, connection, provider)
  const credential = opened instanceof Promise ? await opened : opened
  if (credential instanceof Fault) return unsent(credential)
  const first = await tryOnce(app, ready, request, credential)
  if (!isRefusal(first)) return first
  const renewed = await renewAfterRefusal(app, connection, provider, credential.version)
  const last = renewed ? await tryOnce(app, ready, request, renewed) : first
  const { effort } = last
  const classified = isRefusal(last) ? withLink(app, ready, last.classified) : last.classified
  return { classified, effort: renewed ? { ...effort, attempts: effort.attempts + 1 } : effort }
}

async function tryOnce(
  app: App,
  { tool, connection }: ReadyCall,
  request: TimedRequest,
  credential: Credential,
): Promise<Attempt> {
  const { provider } = tool
  const auth = authOf(provider, connection)
  if (auth instanceof Fault) return unsent(auth)
  const reload = async () => freshCredential(app, connection, provider)
  const result = await sendAs(app, { auth, credential, values: valuesOf(provider, connection), reload }, request)
  if (result instanceof Fault) return unsent(result)
  return { classified: classify(tool, result, app.clock.now()), effort: effortOf(request, result) }
}

function isRefusal({ classified }: Attempt): boolean {
  return !classified.ok && classified.reached === 'answered' && classified.fault.code === 'authentication_failed'
}

/** Where a person can put it right. */
function withLink(app: App, { connection }: ReadyCall, classified: Classified): Classified {
  if (classified.ok) return classified
  const { code, message, details } = classified.fault
  return { ...classified, fault: new Fault(code, message, { ...details, link: reconnectLink(app, connection.id) }) }
}

function unsent(fault: Fault): Attempt {
  const effort = { attempts: 0, requestBytes: 0, answerBytes: 0, providerStatus: 0 }
  return { classified: { ok: false, fault, reached: 'not_sent', trusted: true, passing: false }, effort }
}

function effortOf(request: ProviderRequest, result: WireResult): Effort {
  return {
    attempts: 1,
    requestBytes: request.body === undefined ? 0 : Buffer.byteLength(request.body),
    answerBytes: result.kind === 'answered' ? result.body.length : 0,
    providerStatus: result.kind === 'answered' ? result.status : 0,
  }
}
