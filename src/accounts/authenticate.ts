import { timingSafeEqual } from 'node:crypto'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { KeyRow } from '../db/schema.ts'
import { hashKey, looksLikeKey } from './key.ts'
import type { AgentPrincipal } from './principal.ts'
import { readScope } from './scope.ts'

/** A key as calls need it. */
export type KnownKey = { principal: AgentPrincipal; expiresAt: number | null; isRevoked: boolean }

/**
 * The principal of a ClawLink key, or `unauthorized`. Answers at once, without a promise, while the key is remembered
 * (at most a second, so a revocation in any process bites within that). One message for every reason: nothing to enumerate.
 */
export function authenticate(
  app: App,
  key: string | undefined,
): AgentPrincipal | Fault | Promise<AgentPrincipal | Fault> {
  return key === undefined || !looksLikeKey(key) ? refusal(key) : authenticateHash(app, hashKey(key))
}

/** The same by the hash of a key, for whoever asks often. */
export function authenticateHash(app: App, hash: string): AgentPrincipal | Fault | Promise<AgentPrincipal | Fault> {
  const now = app.clock.now()
  const known = app.memory.keys.get(hash, now)
  return known ? admitted(known, now) : findKey(app, hash, now)
}

async function findKey(app: App, hash: string, now: number): Promise<AgentPrincipal | Fault> {
  const [row] = await app.queries.accounts.keyByHash(hash)
  if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash))) return refusal('unknown')
  const principal = admitted(app.memory.keys.set(hash, knownKey(row), now), now)
  // As exact as the second for which the key is now remembered, and no work for the calls within it.
  if (!(principal instanceof Fault)) app.keyUse.note(row.id)
  return principal
}

/** What a stored key, or an OAuth grant, allows. */
export function knownKey(row: KeyRow): KnownKey {
  return {
    principal: {
      kind: 'agent',
      workspaceId: row.workspace_id,
      agentId: row.agent_id,
      keyId: row.id,
      environment: row.environment,
      scope: readScope(row.scope),
      callsPerMinute: row.calls_per_minute,
      callsPerDay: row.calls_per_day,
    },
    expiresAt: row.expires_at,
    isRevoked: row.revoked_at !== null,
  }
}

/** The principal while its key lasts. */
export function admitted({ principal, expiresAt, isRevoked }: KnownKey, now: number): AgentPrincipal | Fault {
  return isRevoked || (expiresAt !== null && expiresAt <= now) ? refusal('ended') : principal
}

/** The same words for every key that does not count, whichever it is; others where none was sent. */
export function refusal(key: string | undefined): Fault {
  return new Fault(
    'unauthorized',
    key === undefined ? 'No ClawLink key was sent.' : 'This ClawLink key is not valid, has expired or was revoked.',
  )
}
