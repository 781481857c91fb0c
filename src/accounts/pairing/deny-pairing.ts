import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { MemberPrincipal } from '../principal.ts'
import { decidePairing } from './decide-pairing.ts'

/** Ends a pairing that nobody has decided yet. The device hears of it at its next poll. */
export async function denyPairing(
  db: Db,
  nowMs: number,
  { member, address, id }: { member: MemberPrincipal; address: string; id: string },
): Promise<{ id: string } | Fault> {
  const { workspaceId } = member
  return db.write(async tx => {
    const denied = await decidePairing(tx, nowMs, { member, id, state: 'denied' })
    if (denied instanceof Fault) return denied
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: personActor(member),
      action: 'pairing.denied',
      target: id,
      address,
      details: { label: denied.label, host: denied.host, from: denied.address },
    })
    return { id }
  })
}
