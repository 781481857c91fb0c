import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { endUnsent } from '../close-call.ts'
import { tellEnded } from '../parked.ts'
import { decideApproval } from './decide-approval.ts'

/** A member's no to one call, which ends with it. The agent gets the word, if there is one. */
export async function denyCall(
  app: App,
  member: MemberPrincipal,
  { id, word, address }: { id: string; word: string; address: string },
): Promise<{ id: string } | Fault> {
  const denied = await app.db.write(async tx => {
    const approval = await decideApproval(app, tx, { member, id, decision: { state: 'denied', word, address } })
    if (!(approval instanceof Fault)) await endUnsent(app, tx, approval.call_id, deniedFault(member.name, word))
    return approval
  })
  if (denied instanceof Fault) return denied
  tellEnded(app, denied.call_id)
  return { id }
}

function deniedFault(name: string, word: string): Fault {
  return new Fault('approval_denied', word ? `${name} denied this call: ${word}` : `${name} denied this call.`)
}
