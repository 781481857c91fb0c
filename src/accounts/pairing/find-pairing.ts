import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { PairingRow } from '../../db/schema.ts'
import type { MemberPrincipal } from '../principal.ts'
import { type Pairing, pairingView } from './pairing.ts'
import { readUserCode } from './user-code.ts'

/** The pairing of a code that a member typed. A member who tries too many wrong ones has to wait. */
export async function findPairingByCode(app: App, member: MemberPrincipal, typed: string): Promise<Pairing | Fault> {
  const now = app.clock.now()
  const refused = app.codeTries.take(member.personId, now)
  if (refused) return refused
  const code = readUserCode(typed)
  const row =
    code === undefined
      ? undefined
      : await app.db.read.selectFrom('pairings').selectAll().where('user_code', '=', code).executeTakeFirst()
  if (row && isVisible(row, member)) {
    app.codeTries.forgive(member.personId, now)
    return pairingView(row, now)
  }
  return new Fault('not_found', 'No device shows this code.', {
    fix: 'Compare it with the one on the device. It is valid for 15 minutes.',
  })
}

export async function findPairing(app: App, member: MemberPrincipal, id: string): Promise<Pairing | Fault> {
  const row = await app.db.read.selectFrom('pairings').selectAll().where('id', '=', id).executeTakeFirst()
  return row && isVisible(row, member) ? pairingView(row, app.clock.now()) : noPairing(id)
}

/** Until somebody decides, a pairing belongs to no workspace: whoever sees its code can take it into theirs. */
function isVisible(row: PairingRow, { workspaceId }: MemberPrincipal): boolean {
  return row.workspace_id === '' || row.workspace_id === workspaceId
}

export function noPairing(id: string): Fault {
  return new Fault('not_found', `There is no pairing ${id}.`, { fix: 'Start a new one on the device.' })
}
