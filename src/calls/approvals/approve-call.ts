import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { enqueue } from '../../jobs/enqueue.ts'
import { lockRules } from '../policy/rule-rows.ts'
import { allowAlike, noRoomForAlike } from './allow-alike.ts'
import { decideApproval } from './decide-approval.ts'

/** This one call; or it, and for so many minutes calls of the same agent to the same tool on the same account. */
export type Extent = { for: 'once' } | { for: 'shape'; minutes: number }

/** A member's yes to one exact call. The job in which the call goes on is there with the yes, or neither is. */
export async function approveCall(
  app: App,
  member: MemberPrincipal,
  { id, extent, address }: { id: string; extent: Extent; address: string },
): Promise<{ id: string } | Fault> {
  const { workspaceId } = member
  const now = app.clock.now()
  const refused = await app.db.write(async tx => {
    // Before the audit record is written, as whoever else changes rules does.
    const rules = extent.for === 'shape' ? await lockRules(tx, workspaceId) : []
    const full = extent.for === 'shape' ? noRoomForAlike(rules, now) : undefined
    if (full) return full
    const decision = { state: 'approved' as const, address, details: extent }
    const approval = await decideApproval(app, tx, { member, id, decision })
    if (approval instanceof Fault) return approval
    await tx
      .updateTable('calls')
      .set({ state: 'approved' })
      .where('id', '=', approval.call_id)
      .where('state', '=', 'awaiting_approval')
      .execute()
    if (extent.for === 'shape') await allowAlike(tx, { member, approval, rules, now, minutes: extent.minutes })
    await enqueue(app, tx, { workspaceId, kind: 'resume_call', subject: approval.call_id })
    return undefined
  })
  if (extent.for === 'shape') app.memory.rules.clear()
  return refused ?? { id }
}
