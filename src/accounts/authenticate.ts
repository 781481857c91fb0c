import { timingSafeEqual } from 'node:crypto'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { KeyRow } from '../db/schema.ts'
import { hashKey, looksLikeKey } from './key.ts'
import type { Principal } from './principal.ts'

/**
 * The principal of a ClawLink key, or `unauthorized`. Answers at once, without a promise, while the key is remembered
 * (at most a second, so a revocation in any process bites within that). One message for every reason: nothing to enumerate.
 */
export function authenticate(app: App, key: string | undefined): Principal | Fault | Promise<Principal | Fault> {
  if (key === undefined || !looksLikeKey(key)) return refusal(key)
  const hash = hashKey(key)
  const now = app.clock.now()
  const known = app.memory.keys.get(hash, now)
  return known ? principalOf(known, now) : findKey(app, hash, now)
}

async function findKey(app: App, hash: string, now: number): Promise<Principal | Fault> {
  const [row] = await app.queries.accounts.keyByHash(hash)
  if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash))) return refusal('unknown')
  return principalOf(app.memory.keys.set(hash, row, now), now)
}

function principalOf(row: KeyRow, now: number): Principal | Fault {
  const ended = row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now)
  if (ended) return refusal('ended')
  return { workspaceId: row.workspace_id, agentId: row.agent_id, keyId: row.id, environment: row.environment }
}

function refusal(key: string | undefined): Fault {
  return new Fault(
    'unauthorized',
    key === undefined ? 'No ClawLink key was sent.' : 'This ClawLink key is not valid, has expired or was revoked.',
  )
}
