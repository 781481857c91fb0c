import type { App } from '../../app.ts'
import type { Box } from '../box.ts'

/**
 * Takes this device off the list, and with the last one, or `all`, the agent. Its mailbox stays: what is in it waits, and it
 * can register again.
 */
export async function leaveRelay(app: App, box: Box, { all = false } = {}): Promise<{ id: string; left: boolean }> {
  const now = app.relay.now()
  const left = await app.db.write(async tx => {
    await tx
      .updateTable('relay_devices')
      .set({ left_at: now })
      .where('agent_id', '=', box.agentId)
      .$if(!all, q => q.where('device', '=', box.device))
      .where('left_at', 'is', null)
      .execute()
    const other = await tx
      .selectFrom('relay_devices')
      .select('device')
      .where('agent_id', '=', box.agentId)
      .where('left_at', 'is', null)
      .executeTakeFirst()
    if (other) return false
    await tx.updateTable('relay_agents').set({ left_at: now }).where('agent_id', '=', box.agentId).execute()
    return true
  })
  app.relay.presence.forget(box.agentId, left ? undefined : box.device)
  return { id: box.agentId, left }
}
