import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { version } from '../../../core/version.ts'
import { listFiles } from './files.ts'
import { discover, isoNow } from './register.ts'

/** What a client of the openclaw-link protocol talks to. */
export async function about(app: App, principal: AgentPrincipal) {
  const { agents } = await discover(app, principal.workspaceId)
  return {
    service: 'ClawLink Relay',
    version,
    auth_required: true,
    agents_online: agents.filter(({ status }) => status === 'online').length,
    total_broadcasts: await countBroadcasts(app, principal.workspaceId),
    shared_files: (await listFiles(app, principal)).count,
    note: 'Each agent needs a ClawLink key of its own, as its token. The whole API is at /api/openapi.json.',
    endpoints: {
      register: 'POST /register',
      discover: 'GET /discover',
      heartbeat: 'POST /heartbeat',
      delegate: 'POST /delegate',
      broadcast: 'POST /broadcast',
      respond: 'POST /respond',
      poll: 'GET /poll/{agent_id}',
      files: 'GET/POST /files',
      file: 'GET /files/{key}',
      websocket: 'GET /ws/{agent_id}',
    },
    server_time: isoNow(app),
  }
}

async function countBroadcasts({ db }: App, workspaceId: string): Promise<number> {
  const row = await db.read
    .selectFrom('relay_broadcasts')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
