import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import { badAgentName, isAgentName } from '../agent-name.ts'
import { agentNamed } from '../agent-named.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { KeyTerms } from '../create-key.ts'
import { memberEditor, notTheirs } from '../editor.ts'
import { noMember } from '../people/no-member.ts'
import type { MemberPrincipal } from '../principal.ts'
import { decidePairing, notWaiting } from './decide-pairing.ts'
import type { Granted } from './pairing.ts'

/** However late it is approved, the device gets this long to fetch its key. */
const fetchMs = 60_000

/**
 * Lets the device have a key of these terms, which may be other ones than it asked for. There is no key yet: it is made
 * when the device fetches it. Without `agent` a new agent is named as the device calls itself; a device cannot choose to
 * act under the name of an agent that is there, a member can.
 */
export async function approvePairing(
  db: Db,
  nowMs: number,
  {
    member,
    address,
    id,
    agent: named,
    terms,
  }: { member: MemberPrincipal; address: string; id: string; agent?: string | undefined; terms: KeyTerms },
): Promise<{ id: string; agent: string } | Fault> {
  if (named !== undefined && !isAgentName(named)) return badAgentName()
  const { workspaceId, personId } = member
  return db.write(async tx => {
    const gone = await noMember(tx, workspaceId, personActor(member))
    if (gone) return gone
    const late = await notWaiting(tx, nowMs, { workspaceId, id })
    if (late) return late
    const { label } = await tx.selectFrom('pairings').select('label').where('id', '=', id).executeTakeFirstOrThrow()
    const name = (named ?? label).trim()
    const existing = await tx
      .selectFrom('agents')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('name', '=', name)
      .executeTakeFirst()
    if (existing && named === undefined) return nameIsTaken(name)
    const refused = existing && notTheirs(memberEditor(member), existing.created_by, 'agent')
    if (refused) return refused
    const row = await decidePairing(tx, nowMs, { member, id, state: 'approved' })
    if (row instanceof Fault) return row
    const agent = await agentNamed(tx, { workspaceId, name, createdBy: personId }, nowMs)
    const granted: Granted = { agentId: agent.id, terms, byName: member.name }
    await tx
      .updateTable('pairings')
      .set({ granted: JSON.stringify(granted), expires_at: Math.max(row.expires_at, nowMs + fetchMs) })
      .where('id', '=', id)
      .execute()
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: personActor(member),
      action: 'pairing.approved',
      target: id,
      address,
      details: { agent: name, label: row.label, host: row.host, environment: terms.environment },
    })
    return { id, agent: name }
  })
}

function nameIsTaken(name: string): Fault {
  return new Fault('conflict', `There is an agent named "${name}" already.`, {
    fix: 'Name it as the `agent` to give it another key, or choose another name.',
  })
}
