import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import { checkName } from './check-name.ts'

/** What a person is called everywhere. */
export async function renamePerson(
  { db, clock, memory }: App,
  person: PersonPrincipal,
  { name: wanted, origin }: { name: string; origin: Origin },
): Promise<{ id: string; name: string } | Fault> {
  const bad = checkName(wanted)
  if (bad) return bad
  const name = wanted.trim()
  await db.write(async tx => {
    await tx.updateTable('people').set({ name }).where('id', '=', person.personId).execute()
    await recordAudit(tx, clock.now(), {
      workspaceId: '',
      actor: personActor(person),
      action: 'person.renamed',
      target: person.personId,
      address: origin.address,
      details: { name },
    })
  })
  memory.sessions.clear()
  return { id: person.personId, name }
}
