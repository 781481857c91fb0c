import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Db } from '../../db/db.ts'
import { lockRow } from '../../db/lock-row.ts'
import type { Role, Schema } from '../../db/schema.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { PersonPrincipal } from '../principal.ts'
import { checkName } from './check-name.ts'

/** Each has limits of its own, such as of files, so that nobody goes round them by making ever more. */
const ownedMax = 50

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
  const full = await db.write(async tx => {
    if ((await countOwned(tx, by)) >= ownedMax) return tooMany()
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
    return undefined
  })
  return full ?? { id, name, role }
}

/** Whoever makes several at once waits here. */
async function countOwned(tx: Transaction<Schema>, { personId }: PersonPrincipal): Promise<number> {
  await lockRow(tx, 'people', personId)
  const { owned } = await tx
    .selectFrom('members')
    .select(q => q.fn.countAll<number>().as('owned'))
    .where('person_id', '=', personId)
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow()
  return Number(owned)
}

function tooMany(): Fault {
  return new Fault('quota_exceeded', `You own ${ownedMax} workspaces, and more cannot be made.`, {
    fix: 'Use one of them.',
  })
}
