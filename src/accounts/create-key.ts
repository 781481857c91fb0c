import type { Transaction } from 'kysely'
import type { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { Db } from '../db/db.ts'
import type { AgentRow, KeyRow, Schema } from '../db/schema.ts'
import { badAgentName, isAgentName } from './agent-name.ts'
import { agentNamed } from './agent-named.ts'
import { recordAudit } from './audit.ts'
import { type Editor, makerOf, notTheirs, systemEditor } from './editor.ts'
import { hashKey, newKey } from './key.ts'
import { type KeyView, keyView } from './key-view.ts'
import { noMember } from './people/no-member.ts'
import type { Environment } from './principal.ts'
import type { Scope } from './scope.ts'

/** What a new key may do, and for how long. */
export type KeyTerms = {
  environment: Environment
  /** Counted from now; without it the key lasts until it is revoked. */
  expiresInMs?: number | undefined
  /** Without one: every tool and connection, but no changing of connections. */
  scope?: Scope | undefined
  callsPerMinute?: number | null | undefined
  callsPerDay?: number | null | undefined
}

export type NewKey = {
  id: string
  agentId: string
  agent: string
  environment: Environment
  /** Unix milliseconds. */
  expiresAt: number | null
  key: Secret
  view: KeyView
}

/**
 * A new key for the agent of this name, which is made when it is new. The key itself exists only in what this returns.
 * Who may not manage everybody's agents cannot add a key to another person's agent: it would act under that name.
 */
export async function createKey(
  db: Db,
  nowMs: number,
  wanted: KeyTerms & { workspaceId: string; agent: string; by?: Editor },
): Promise<NewKey | Fault> {
  if (!isAgentName(wanted.agent)) return badAgentName()
  return db.write(tx => makeKey(tx, nowMs, wanted))
}

/** The same within a transaction that does more; the name of the agent has been checked. */
export async function makeKey(
  tx: Transaction<Schema>,
  nowMs: number,
  {
    workspaceId,
    agent: name,
    by = systemEditor,
    ...terms
  }: KeyTerms & { workspaceId: string; agent: string; by?: Editor },
): Promise<NewKey | Fault> {
  const gone = await noMember(tx, workspaceId, by.actor)
  if (gone) return gone
  const agent = await agentNamed(tx, { workspaceId, name: name.trim(), createdBy: makerOf(by) }, nowMs)
  const refused = notTheirs(by, agent.created_by, 'agent')
  if (refused) return refused
  const made = await insertKey(tx, nowMs, { agent, createdBy: makerOf(by), ...terms })
  await recordAudit(tx, nowMs, {
    workspaceId,
    actor: by.actor,
    action: 'key.made',
    target: made.id,
    address: by.address ?? '',
    details: { agent: agent.name, environment: terms.environment },
  })
  return made
}

/** Stores a new key of this agent and tells of it to nobody. */
export async function insertKey(
  tx: Transaction<Schema>,
  nowMs: number,
  {
    agent,
    createdBy,
    environment,
    expiresInMs,
    scope = {},
    callsPerMinute = null,
    callsPerDay = null,
  }: KeyTerms & { agent: AgentRow; createdBy: string },
): Promise<NewKey> {
  const key = newKey(environment)
  const row: KeyRow = {
    id: newId('key', nowMs),
    workspace_id: agent.workspace_id,
    agent_id: agent.id,
    environment,
    hash: hashKey(key),
    last_four: key.slice(-4),
    created_at: nowMs,
    expires_at: expiresInMs === undefined ? null : nowMs + expiresInMs,
    revoked_at: null,
    kind: 'key',
    scope: JSON.stringify(scope),
    created_by: createdBy,
    replaced_by: '',
    calls_per_minute: callsPerMinute,
    calls_per_day: callsPerDay,
    last_used_at: null,
  }
  await tx.insertInto('keys').values(row).execute()
  return {
    id: row.id,
    agentId: agent.id,
    agent: agent.name,
    environment,
    expiresAt: row.expires_at,
    key: new Secret(key),
    view: keyView(row, nowMs),
  }
}
