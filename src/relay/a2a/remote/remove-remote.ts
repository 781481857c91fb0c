import { type By, recordAudit } from '../../../accounts/audit.ts'
import type { App } from '../../../app.ts'
import type { Fault } from '../../../core/errors.ts'
import { leaveRelay } from '../../agents/leave-relay.ts'
import { boxOfRemote, findRemote, noRemote, putToken } from './remote.ts'

/** Forgets a remote agent and its credential. What was sent to it goes on there; nobody here hears of it any more. */
export async function removeRemote(
  app: App,
  workspaceId: string,
  agentId: string,
  by: By,
): Promise<{ id: string } | Fault> {
  const row = await findRemote(app, workspaceId, agentId)
  if (!row) return noRemote(agentId)
  await leaveRelay(app, boxOfRemote(row), { all: true })
  await app.db.write(async tx => {
    await tx.deleteFrom('a2a_remotes').where('agent_id', '=', agentId).execute()
    await putToken(app, tx, { workspaceId, agentId }, undefined)
    const target = agentId
    await recordAudit(tx, app.clock.now(), { workspaceId, ...by, action: 'remote_agent.removed', target })
  })
  return { id: agentId }
}
