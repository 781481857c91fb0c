import type { Transaction } from 'kysely'
import { Fault } from '../core/errors.ts'
import type { AgentRow, Schema } from '../db/schema.ts'
import { type Editor, notTheirs } from './editor.ts'

/** An agent that this editor may rename or remove, or why not. `id` may also be its name. */
export async function findAgent(
  tx: Transaction<Schema>,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: Editor },
): Promise<AgentRow | Fault> {
  const rows = await tx
    .selectFrom('agents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where(q => q.or([q('id', '=', id), q('name', '=', id)]))
    .execute()
  const row = rows.find(each => each.id === id) ?? rows[0]
  if (!row)
    return new Fault('not_found', `There is no agent ${id}.`, { fix: '`clawlink agents list` shows all agents.' })
  return notTheirs(by, row.created_by, 'agent') ?? row
}
