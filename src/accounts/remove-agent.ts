import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import type { PairingRow } from '../db/schema.ts'
import { recordAudit } from './audit.ts'
import { type Editor, systemEditor } from './editor.ts'
import { findAgent } from './find-agent.ts'
import type { Granted } from './pairing/pairing.ts'
import { takeBackPairings } from './pairing/take-back-pairings.ts'

/**
 * Ends an agent: revokes all its keys and grants at once, takes back the approvals of those that a device has yet to fetch, and
 * takes it off the list of the relay, which it could not leave by itself any more. Its name stays, for the record of what it did.
 */
export async function removeAgent(
  db: Db,
  nowMs: number,
  { workspaceId, id, by = systemEditor }: { workspaceId: string; id: string; by?: Editor },
): Promise<{ id: string; keys: number } | Fault> {
  return db.write(async tx => {
    const row = await findAgent(tx, { workspaceId, id, by })
    if (row instanceof Fault) return row
    const waiting = await takeBackPairings(tx, workspaceId, pairing => agentOf(pairing) === row.id)
    const ended = await tx
      .updateTable('keys')
      .set({ revoked_at: nowMs })
      .where('agent_id', '=', row.id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    for (const table of ['relay_devices', 'relay_agents'] as const)
      await tx
        .updateTable(table)
        .set({ left_at: nowMs })
        .where('agent_id', '=', row.id)
        .where('left_at', 'is', null)
        .execute()
    const keys = Number(ended.numUpdatedRows)
    if (keys || waiting)
      await recordAudit(tx, nowMs, {
        workspaceId,
        actor: by.actor,
        action: 'agent.removed',
        target: row.id,
        address: by.address ?? '',
        details: { name: row.name, keys },
      })
    return { id: row.id, keys }
  })
}

/** Whose key the device will fetch. */
const agentOf = ({ granted }: PairingRow) => (JSON.parse(granted) as Granted).agentId // as approve-pairing.ts stored it
