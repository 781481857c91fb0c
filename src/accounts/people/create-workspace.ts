import type { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Db } from '../../db/db.ts'
import type { Role } from '../../db/schema.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { PersonPrincipal } from '../principal.ts'
import { checkName } from './check-name.ts'

/** A workspace of one's own, beside those that one is a member of. Whoever makes it is its owner. */
export async function createWorkspace(
  db: Db,
  nowMs: number,
  { by, name: wanted, address }: { by: PersonPrincipal; name: string; address: string },
): Promise<{ id: string; name: string; role: Role } | Fault> {
  const bad = checkName(wanted)
  if (bad) return bad
  const id = newId('ws', nowMs)
  const name = wanted.trim()
  const role = 'owner'
  await db.write(async tx => {
    await tx.insertInto('workspaces').values({ id, name, created_at: nowMs }).execute()
    await tx
      .insertInto('members')
      .values({ workspace_id: id, person_id: by.personId, role, created_at: nowMs })
      .execute()
    await recordAudit(tx, nowMs, {
      workspaceId: id,
      actor: personActor(by),
      action: 'workspace.created',
      target: id,
      address,
      details: { name },
    })
  })
  return { id, name, role }
}
