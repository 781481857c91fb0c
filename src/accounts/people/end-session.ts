import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { PersonPrincipal } from '../principal.ts'

/** Ends one session of this person, or the one that asks. Every process notices within a second. */
export async function endSession(
  db: Db,
  nowMs: number,
  { person, id = person.sessionId, address = '' }: { person: PersonPrincipal; id?: string; address?: string },
): Promise<Fault | undefined> {
  return db.write(async tx => {
    const { numUpdatedRows } = await tx
      .updateTable('sessions')
      .set({ revoked_at: nowMs })
      .where('id', '=', id)
      .where('person_id', '=', person.personId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (!numUpdatedRows)
      return new Fault('not_found', `You have no session ${id}.`, { fix: 'List your sessions to see which there are.' })
    await recordAudit(tx, nowMs, {
      workspaceId: '',
      actor: personActor(person),
      action: 'session.ended',
      target: id,
      address,
    })
    return undefined
  })
}
