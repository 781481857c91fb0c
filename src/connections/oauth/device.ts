import { randomUUID } from 'node:crypto'
import type { OAuth2Device } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import type { Engine, OAuthContext } from './client.ts'
import { endpointUrl } from './endpoint-url.ts'
import { scopeText, withoutEmpty } from './fill-params.ts'
import { parseTokenBody } from './parse-token-body.ts'
import { proveClient } from './prove-client.ts'
import { providerWords } from './provider-words.ts'
import { lostRefusal, meaningOf, refusal } from './refusal.ts'
import { tokenExpiry } from './token-expiry.ts'
import { wireRequest } from './token-request.ts'

export type DeviceStart = {
  /** Secret: whoever has it gets the token. */
  deviceCode: string
  /** What the person types in at `verificationUri`. */
  userCode: string
  verificationUri: string
  /** The same page with the code filled in. */
  verificationUriComplete?: string
  /** Unix milliseconds. */
  expiresAt: number
  /** How long to wait between two requests for the token; 5 s more after each `slow_down` (RFC 8628, 3.5). */
  intervalMs: number
}

/** Asks for a code that a person enters on another device (RFC 8628, 3.1 and 3.2). */
export async function startDevice(
  app: Engine,
  context: OAuthContext<OAuth2Device>,
  scopes: readonly string[],
): Promise<DeviceStart | Fault> {
  const { auth, provider, client } = context
  const { name } = provider.connector
  const url = endpointUrl(app, context, auth.device)
  if (url instanceof Fault) return url
  const askedAtMs = app.clock.now()
  const proof = proveClient(auth, client, { url, nowMs: askedAtMs, nonce: randomUUID() })
  if (proof instanceof Fault) return proof
  const scope = scopeText(scopes, auth.scopeSeparator)
  const params = withoutEmpty({ ...proof.params, [auth.names?.scope ?? 'scope']: scope })
  const result = await app.net.send(wireRequest(url, auth, params, proof.headers))
  if (result.kind === 'lost') return lostRefusal(result, name).fault
  const body = parseTokenBody(result.body.toString('utf8'))
  const started = result.status >= 200 && result.status < 300 && body ? readStart(body, askedAtMs) : undefined
  if (started) return started
  const code = providerWords(body?.error, proof.secrets)
  const words = [code, providerWords(body?.error_description, proof.secrets)].filter(Boolean).join(': ')
  return refusal(meaningOf(code, result.status), { name, status: result.status, words: words || undefined }).fault
}

/** Undefined when it lacks what every answer has. Some call the page `verification_url`. */
function readStart(body: Readonly<Record<string, unknown>>, askedAtMs: number): DeviceStart | undefined {
  const deviceCode = textOf(body.device_code)
  const userCode = textOf(body.user_code)
  const verificationUri = pageOf(body.verification_uri ?? body.verification_url)
  const complete = pageOf(body.verification_uri_complete ?? body.verification_url_complete)
  if (!deviceCode || !userCode || !verificationUri) return undefined
  const expiry = tokenExpiry({ expiresAt: undefined, expiresIn: body.expires_in }, { askedAtMs, lifetimeS: 600 })
  const interval = Number(body.interval)
  return {
    deviceCode,
    userCode,
    verificationUri,
    ...(complete && { verificationUriComplete: complete }),
    expiresAt: expiry ?? askedAtMs + 600_000,
    intervalMs: interval > 0 && interval <= 300 ? interval * 1000 : 5000,
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\x20-\x7e]+$/.test(value) ? value : undefined

/** A person is sent there, so it is a web page and nothing else. */
function pageOf(value: unknown): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined
}
