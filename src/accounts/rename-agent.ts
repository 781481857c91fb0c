import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import { badAgentName, isAgentName } from './agent-name.ts'
import { recordAudit } from './audit.ts'
import { type Editor, systemEditor } from './editor.ts'
import { findAgent } from './find-agent.ts'

/** Gives an agent another name, which no other agent of the workspace has. */
export async function renameAgent(
  db: Db,
  nowMs: number,
  { workspaceId, id, name, by = systemEditor }: { workspaceId: string; id: string; name: string; by?: Editor },
): Promise<{ id: string; name: string } | Fault> {
  if (!isAgentName(name)) return badAgentName()
  const wanted = name.trim()
  return db.write(async tx => {
    const row = await findAgent(tx, { workspaceId, id, by })
    if (row instanceof Fault) return row
    const other = await tx
      .selectFrom('agents')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('name', '=', wanted)
      .where('id', '!=', row.id)
      .executeTakeFirst()
    if (other) return new Fault('conflict', `There is an agent named "${wanted}" already.`, { fix: 'Choose another.' })
    await tx.updateTable('agents').set({ name: wanted }).where('id', '=', row.id).execute()
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: by.actor,
      action: 'agent.renamed',
      target: row.id,
      address: by.address ?? '',
      details: { from: row.name, to: wanted },
    })
    return { id: row.id, name: wanted }
  })
}
