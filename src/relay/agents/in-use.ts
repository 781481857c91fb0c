import type { App } from '../../app.ts'

/** Whether any agent of the workspace has registered and not left. */
export async function isRelayInUse({ db }: App, workspaceId: string): Promise<boolean> {
  const row = await db.read
    .selectFrom('relay_agents')
    .select('agent_id')
    .where('workspace_id', '=', workspaceId)
    .where('left_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
