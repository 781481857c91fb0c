import type { App } from '../../app.ts'
import type { Secret } from '../../core/secret.ts'
import type { Db } from '../../db/db.ts'
import { commandLine, recordAudit } from '../audit.ts'
import { insertInvitation } from './invitation.ts'

const lastsMs = 24 * 60 * 60_000

/**
 * A one-time link that makes its opener an owner of the workspace, for whoever may read the data folder. It lasts 24 hours,
 * and the ones that were made this way before end.
 */
export async function makeOwnerLink(
  db: Db,
  nowMs: number,
  { workspaceId, url }: { workspaceId: string; url: string },
): Promise<{ link: string; expiresAt: number }> {
  const needed = await needsOwner(db, workspaceId)
  const { row, token } = await db.write(async tx => {
    await tx
      .updateTable('invitations')
      .set({ ended_at: nowMs })
      .where('workspace_id', '=', workspaceId)
      .where('created_by', '=', '')
      .where('ended_at', 'is', null)
      .execute()
    const made = await insertInvitation(tx, nowMs, { workspaceId, role: 'owner', email: '', createdBy: '', lastsMs })
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: commandLine,
      action: 'invitation.made',
      target: made.row.id,
      details: { role: 'owner' },
    })
    return made
  })
  return { link: linkOf(url, needed ? 'setup' : 'invite', token), expiresAt: row.expires_at }
}

/** The link of a first start; undefined once the first workspace has an owner. */
export async function firstRunLink(app: App): Promise<string | undefined> {
  const { db, clock, workspaceId } = app
  if (!(await needsOwner(db, workspaceId))) return undefined
  return (await makeOwnerLink(db, clock.now(), { workspaceId, url: app.url() })).link
}

export async function needsOwner(db: Db, workspaceId: string): Promise<boolean> {
  const owner = await db.read
    .selectFrom('members')
    .select('person_id')
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'owner')
    .limit(1)
    .executeTakeFirst()
  return owner === undefined
}

/** The token is in the fragment, which browsers send to nobody: not to a server, a proxy, or another site as Referer. */
export function linkOf(url: string, page: 'setup' | 'invite', token: Secret): string {
  return `${url}/${page}#${token.reveal()}`
}
