import type { Transaction } from 'kysely'
import { newId } from '../core/ids.ts'
import type { Db } from '../db/db.ts'
import type { AgentRow, Schema } from '../db/schema.ts'

const firstWorkspace = 'first_workspace'

/**
 * The id of the workspace that a new database starts with. Made once, whichever process comes first: the setting is
 * claimed in the same transaction.
 */
export async function ensureWorkspace(db: Db, nowMs: number): Promise<string> {
  const known = await db.read
    .selectFrom('settings')
    .select('value')
    .where('name', '=', firstWorkspace)
    .executeTakeFirst()
  if (known) return known.value
  return db.write(async tx => {
    const id = newId('ws', nowMs)
    const claimed = await tx
      .insertInto('settings')
      .values({ name: firstWorkspace, value: id })
      .onConflict(on => on.doNothing())
      .executeTakeFirst()
    if (claimed.numInsertedOrUpdatedRows === 1n) {
      await tx.insertInto('workspaces').values({ id, name: 'Home', created_at: nowMs }).execute()
      return id
    }
    const { value } = await tx
      .selectFrom('settings')
      .select('value')
      .where('name', '=', firstWorkspace)
      .executeTakeFirstOrThrow()
    return value
  })
}

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
