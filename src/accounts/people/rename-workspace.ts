import type { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { MemberPrincipal } from '../principal.ts'
import { checkName } from './check-name.ts'

export async function renameWorkspace(
  db: Db,
  nowMs: number,
  { by, name: wanted, address }: { by: MemberPrincipal; name: string; address: string },
): Promise<{ id: string; name: string } | Fault> {
  const bad = checkName(wanted)
  if (bad) return bad
  const name = wanted.trim()
  const { workspaceId: id } = by
  await db.write(async tx => {
    await tx.updateTable('workspaces').set({ name }).where('id', '=', id).execute()
    await recordAudit(tx, nowMs, {
      workspaceId: id,
      actor: personActor(by),
      action: 'workspace.renamed',
      target: id,
      address,
      details: { name },
    })
  })
  return { id, name }
}
