import type { Transaction } from 'kysely'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import type { Secret } from '../../../core/secret.ts'
import type { A2aRemoteRow } from '../../../db/a2a-schema.ts'
import type { Schema } from '../../../db/schema.ts'
import { findSealed, putSeal } from '../../../vault/sealed-rows.ts'
import type { Box } from '../../box.ts'
import { a2aDevice } from '../device.ts'

/** An agent elsewhere as members see it: never its credential. */
export type RemoteAgent = { id: string; name: string; url: string; hasToken: boolean; addedAt: string }

export const remotesKind = 'a2a_remotes'

/** Who speaks for a remote agent here. */
export const boxOfRemote = ({ workspace_id, agent_id }: Pick<A2aRemoteRow, 'workspace_id' | 'agent_id'>): Box => ({
  workspaceId: workspace_id,
  agentId: agent_id,
  device: a2aDevice,
})

const sealId = (agentId: string) => `a2a:${agentId}`

export async function findRemote({ db }: App, workspaceId: string, agentId: string): Promise<A2aRemoteRow | undefined> {
  return db.read
    .selectFrom('a2a_remotes')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
}

/** Stores its credential, or forgets it. */
export async function putToken(
  app: App,
  tx: Transaction<Schema>,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
  token: Secret | undefined,
): Promise<void> {
  const id = sealId(agentId)
  if (token) await putSeal(tx, app.vault, { id, workspaceId, text: token.reveal() })
  else await tx.deleteFrom('seals').where('id', '=', id).where('workspace_id', '=', workspaceId).execute()
}

/** What to show to it; undefined where it asks for nothing. */
export async function tokenOf(app: App, { agent_id, workspace_id }: A2aRemoteRow): Promise<Secret | undefined | Fault> {
  return findSealed(app.db.read, app.vault, { id: sealId(agent_id), workspaceId: workspace_id })
}

export async function listRemotes({ db }: App, workspaceId: string): Promise<RemoteAgent[]> {
  const rows = await db.read
    .selectFrom('a2a_remotes')
    .innerJoin('agents', 'agents.id', 'a2a_remotes.agent_id')
    .selectAll('a2a_remotes')
    .select('agents.name')
    .where('a2a_remotes.workspace_id', '=', workspaceId)
    .orderBy('agents.name')
    .execute()
  const ids = rows.map(({ agent_id }) => sealId(agent_id))
  const seals = ids.length ? await db.read.selectFrom('seals').select('id').where('id', 'in', ids).execute() : []
  return rows.map(row => ({
    id: row.agent_id,
    name: row.name,
    url: row.card_url,
    hasToken: seals.some(({ id }) => id === sealId(row.agent_id)),
    addedAt: new Date(row.created_at).toISOString(),
  }))
}

export const noRemote = (id: string) =>
  new Fault('not_found', `There is no remote agent ${id.slice(0, 100)} in this workspace.`)
