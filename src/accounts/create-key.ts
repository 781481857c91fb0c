import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { Db } from '../db/db.ts'
import { hashKey, newKey } from './key.ts'
import type { Environment } from './principal.ts'
import type { Scope } from './scope.ts'
import { ensureAgent } from './workspace.ts'

export type NewKey = {
  id: string
  agentId: string
  agent: string
  environment: Environment
  expiresAt: number | null
  key: Secret
}

/**
 * A new key for the agent of this name, which is made when it is new. The key itself exists only in what this returns.
 * `expiresInMs` is counted from now; without it the key lasts until it is revoked.
 */
export async function createKey(
  db: Db,
  nowMs: number,
  {
    workspaceId,
    agent,
    environment,
    expiresInMs,
    scope = {},
    createdBy = '',
  }: {
    workspaceId: string
    agent: string
    environment: Environment
    expiresInMs?: number
    /** Without one: every tool and connection, but no changing of connections. */
    scope?: Scope
    createdBy?: string
  },
): Promise<NewKey | Fault> {
  const name = agent.trim()
  if (!name || name.length > 80 || /\p{Cc}/u.test(name)) {
    return new Fault('validation_error', 'An agent needs a name of 1 to 80 characters.', {
      invalidFields: [{ field: 'name', problem: 'must be 1 to 80 printable characters' }],
    })
  }
  const key = newKey(environment)
  const agentId = await ensureAgent(db, { workspaceId, name, createdBy }, nowMs)
  const id = newId('key', nowMs)
  const expiresAt = expiresInMs === undefined ? null : nowMs + expiresInMs
  await db.insert('keys', {
    id,
    workspace_id: workspaceId,
    agent_id: agentId,
    environment,
    hash: hashKey(key),
    last_four: key.slice(-4),
    created_at: nowMs,
    expires_at: expiresAt,
    revoked_at: null,
    kind: 'key',
    scope: JSON.stringify(scope),
    created_by: createdBy,
    replaced_by: '',
    calls_per_minute: null,
    calls_per_day: null,
    last_used_at: null,
  })
  return { id, agentId, agent: name, environment, expiresAt, key: new Secret(key) }
}
