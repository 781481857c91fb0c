import type { App } from '../app.ts'
import type { ProviderRequest } from '../catalog/request.ts'
import { authOf, valuesOf } from '../connections/auth-of.ts'
import type { Credential } from '../connections/credential.ts'
import { freshCredential } from '../connections/fresh-credential.ts'
import { reconnectLink } from '../connections/links.ts'
import { renewAfterRefusal } from '../connections/renew-after-refusal.ts'
import { sendAs } from '../connections/send-as.ts'
import { Fault } from '../core/errors.ts'
import type { WireAnswer, WireResult } from '../net/wire.ts'
import { admitNow } from './admit.ts'
import { type Effort, noEffort, type ReadyCall, type TimedRequest } from './call.ts'
import { type Classified, classify } from './classify.ts'
import { movesFile, sendFiles } from './files/send-files.ts'
import { unstatedWaitMs } from './retry-after.ts'

export type Attempt = { classified: Classified; effort: Effort }

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
  if (!isRefused(first.classified)) return first
  const renewed = await renewAfterRefusal(app, connection, provider, credential.version)
  if (!renewed) return { ...first, classified: withLink(app, ready, first.classified) }
  const held = await admitNow(app, ready, request.timeoutMs ?? app.config.callTimeoutMs)
  if (held) return { ...unsent(held), effort: first.effort }
  const { classified, effort } = await tryOnce(app, ready, request, renewed)
  const again = { ...effort, attempts: effort.attempts + 1 }
  return { classified: isRefused(classified) ? withLink(app, ready, classified) : classified, effort: again }
}

async function tryOnce(app: App, ready: ReadyCall, request: TimedRequest, credential: Credential): Promise<Attempt> {
  const { tool, connection } = ready
  const { provider } = tool
  const auth = authOf(provider, connection)
  if (auth instanceof Fault) return unsent(auth)
  const reload = async () => freshCredential(app, connection, provider)
  const sender = { auth, credential, values: valuesOf(provider, connection), reload }
  const result = await (movesFile(ready) ? sendFiles(app, ready, sender, request) : sendAs(app, sender, request))
  if (result instanceof Fault) return unsent(result)
  const now = app.clock.now()
  const unkept = result.kind === 'answered' && result.sunk?.value
  const classified = unkept instanceof Fault ? notKept(unkept) : classify(tool, result, now)
  if (result.kind === 'answered') hear(app, ready, result, classified, now)
  return { classified, effort: effortOf(request, result) }
}

/** What an answer says beside its answer: of the rate limit, and of the tool's future. */
function hear(app: App, ready: ReadyCall, answer: WireAnswer, classified: Classified, nowMs: number): void {
  const { headers, redirected } = answer
  app.notices.noteHeaders(ready, headers)
  if (classified.ok) {
    app.pacer.hear(ready, { headers, body: classified.body, redirected }, nowMs)
    return
  }
  const { code, details } = classified.fault
  const refusedForMs = code === 'rate_limited' ? (details.retryAfterMs ?? unstatedWaitMs) : undefined
  app.pacer.hear(
    ready,
    { headers, body: undefined, redirected, ...(refusedForMs !== undefined && { refusedForMs }) },
    nowMs,
  )
}

function isRefused(classified: Classified): boolean {
  return !classified.ok && classified.reached === 'answered' && classified.fault.code === 'authentication_failed'
}

/** Where a person can put it right. */
function withLink(app: App, { connection }: ReadyCall, classified: Classified): Classified {
  if (classified.ok) return classified
  const { code, message, details } = classified.fault
  return { ...classified, fault: new Fault(code, message, { ...details, link: reconnectLink(app, connection.id) }) }
}

/** The provider gave a file well, and ClawLink does not take it. */
const notKept = (fault: Fault): Classified => ({ ok: false, fault, reached: 'answered', trusted: true, passing: false })

function unsent(fault: Fault): Attempt {
  return { classified: { ok: false, fault, reached: 'not_sent', trusted: true, passing: false }, effort: noEffort }
}

function effortOf(request: ProviderRequest, result: WireResult): Effort {
  return {
    attempts: 1,
    requestBytes:
      (request.body === undefined ? 0 : Buffer.byteLength(request.body)) + (request.upload?.file.bytes ?? 0),
    answerBytes: result.kind === 'answered' ? (result.sunk?.bytes ?? result.body.length) : 0,
    providerStatus: result.kind === 'answered' ? result.status : 0,
  }
}
