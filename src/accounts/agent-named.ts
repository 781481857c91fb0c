import type { Transaction } from 'kysely'
import { newId } from '../core/ids.ts'
import type { Db } from '../db/db.ts'
import type { AgentRow, Schema } from '../db/schema.ts'

/** The id of the agent of this name, made when it is new. */
export async function ensureAgent(
  db: Db,
  named: { workspaceId: string; name: string },
  nowMs: number,
): Promise<string> {
  return (await db.write(tx => agentNamed(tx, named, nowMs))).id
}

/** The agent of this name, made when it is new. */
export async function agentNamed(
  tx: Transaction<Schema>,
  { workspaceId, name, createdBy = '' }: { workspaceId: string; name: string; createdBy?: string },
  nowMs: number,
): Promise<AgentRow> {
  await tx
    .insertInto('agents')
    .values({ id: newId('agt', nowMs), workspace_id: workspaceId, name, created_at: nowMs, created_by: createdBy })
    .onConflict(on => on.doNothing())
    .execute()
  return tx
    .selectFrom('agents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
}
