import type { App } from '../app.ts'
import type { ProviderRequest } from '../catalog/request.ts'
import { credentialHeaders } from '../connections/apply-credential.ts'
import { blankEcho } from '../connections/blank-echo.ts'
import { freshCredential } from '../connections/fresh-credential.ts'
import { Fault } from '../core/errors.ts'
import type { Effort, ReadyCall } from './call.ts'
import { type Classified, classify } from './classify.ts'

export type Attempt = { classified: Classified; effort: Effort }

/** One try on the wire: a fresh credential, the send, and what came of it. */
export async function attempt(app: App, ready: ReadyCall, request: ProviderRequest): Promise<Attempt> {
  const opened = freshCredential(app, ready.connection)
  const secret = opened instanceof Promise ? await opened : opened
  if (secret instanceof Fault) {
    const effort = { attempts: 0, requestBytes: 0, answerBytes: 0, providerStatus: 0 }
    return { classified: { ok: false, fault: secret, reached: 'not_sent', trusted: true }, effort }
  }
  const [auth] = ready.tool.provider.connector.auth
  const result = blankEcho(await app.net.send({ ...request, credential: credentialHeaders(auth, secret) }), secret)
  return {
    classified: classify(ready.tool, result, app.clock.now()),
    effort: {
      attempts: 1,
      requestBytes: request.body === undefined ? 0 : Buffer.byteLength(request.body),
      answerBytes: result.kind === 'answered' ? result.body.length : 0,
      providerStatus: result.kind === 'answered' ? result.status : 0,
    },
  }
}
