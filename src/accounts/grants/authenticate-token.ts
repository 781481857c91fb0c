import type { AdapterPayload } from 'oidc-provider'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { admitted, knownKey } from '../authenticate.ts'
import type { AgentPrincipal } from '../principal.ts'
import { keyHashOfGrant, oauthScope } from './make-grant.ts'
import { readRecord, recordId } from './records.ts'

/** Whether a text has the shape of an access token: 256 random bits in base64url. */
export function looksLikeToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text)
}

/**
 * The principal of an access token that was issued for one of `resources`, by way of the key row of its grant. Remembered
 * for a second, like keys, so what ends that key ends the token within it, in every process.
 */
export function authenticateToken(
  app: App,
  token: string,
  resources: readonly string[],
): AgentPrincipal | Fault | Promise<AgentPrincipal | Fault> {
  const id = recordId('AccessToken', token)
  const now = app.clock.now()
  const known = app.memory.keys.get(id, now)
  return known ? admitted(known, now) : findToken(app, { id, now, resources })
}

async function findToken(
  app: App,
  { id, now, resources }: { id: string; now: number; resources: readonly string[] },
): Promise<AgentPrincipal | Fault> {
  const token = await readRecord<AdapterPayload>(app.db.read, app.vault, id, now)
  if (!token || typeof token.payload.aud !== 'string' || !resources.includes(token.payload.aud)) return refusal()
  if (!token.payload.scope?.split(' ').includes(oauthScope))
    return new Fault('forbidden', 'This access token was not issued for tools.', { fix: 'Sign in again.' })
  const [row] = await app.queries.accounts.keyByHash(keyHashOfGrant(token.row.grant_id))
  if (!row) return refusal()
  const key = knownKey(row)
  const endsAt = token.row.expires_at ?? now
  const known = { ...key, expiresAt: key.expiresAt === null ? endsAt : Math.min(key.expiresAt, endsAt) }
  const principal = admitted(app.memory.keys.set(id, known, now), now)
  if (!(principal instanceof Fault)) app.keyUse.note(row.id)
  return principal
}

function refusal(): Fault {
  return new Fault('unauthorized', 'This access token is not valid here, has expired or was revoked.', {
    fix: 'Get a new one with the refresh token, or sign in again.',
  })
}
