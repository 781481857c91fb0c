import type { App } from '../app.ts'
import type { Auth } from '../catalog/auth.ts'
import type { Values } from '../catalog/fill-url.ts'
import { Fault } from '../core/errors.ts'
import type { CertificateParts, WireResult } from '../net/wire.ts'
import { applyCredential, type SignedRequest } from './apply-credential.ts'
import { blankEcho, withoutEcho } from './blank-echo.ts'
import type { Credential } from './credential.ts'

/** Who a request is sent as. `reload` gives the credential anew where it is needed later, such as for a new connection. */
export type Sender = {
  auth: Auth
  credential: Credential
  values: Values
  reload?: () => Promise<Credential | Fault>
}

/** Sends one request with this credential, and gives the answer without any secret that it repeats. */
export async function sendAs(app: App, sender: Sender, request: SignedRequest): Promise<WireResult | Fault> {
  const { auth, credential, values, reload = async () => credential } = sender
  const applied = applyCredential(auth, credential, values, request, app.clock.now())
  if (!applied) {
    return new Fault('authentication_failed', 'The credential of this connection is not complete.')
  }
  const { headers, query, certificate, secrets } = applied
  const result = await app.net.send({
    ...request,
    credential: headers,
    ...(request.sink && { sink: withoutEcho(request.sink, secrets) }),
    ...(query && { credentialQuery: query }),
    ...(certificate && { certificate: { name: certificate, load: async () => certificateOf(await reload()) } }),
  })
  return blankEcho(result, secrets)
}

function certificateOf(credential: Credential | Fault): CertificateParts {
  if (credential instanceof Fault) throw new Error(credential.message)
  const passphrase = credential.reveal('passphrase')
  return {
    cert: credential.reveal('certificate') ?? '',
    key: credential.reveal('private_key') ?? '',
    ...(passphrase && { passphrase }),
  }
}
