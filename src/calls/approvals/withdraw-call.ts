import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { endUnsent } from '../close-call.ts'
import { tellEnded } from '../parked.ts'

const withdrawn = 'Withdrawn by the agent.'

/** Ends an agent's own call while nobody has decided about it; afterwards nothing happens. */
export async function withdrawCall(app: App, { workspaceId, agentId }: AgentPrincipal, callId: string): Promise<void> {
  const ended = await app.db.write(async tx => {
    const changed = await tx
      .updateTable('approvals')
      .set({ state: 'expired', word: withdrawn })
      .where('call_id', '=', callId)
      .where('workspace_id', '=', workspaceId)
      .where('agent_id', '=', agentId)
      .where('state', '=', 'pending')
      .executeTakeFirst()
    if (changed.numUpdatedRows !== 1n) return false
    const fix = 'Call again if it is wanted after all.'
    await endUnsent(app, tx, callId, new Fault('approval_denied', 'The agent withdrew this call.', { fix }))
    return true
  })
  if (ended) tellEnded(app, callId)
}
