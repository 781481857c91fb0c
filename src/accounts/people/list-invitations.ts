import type { Db } from '../../db/db.ts'
import type { Role } from '../../db/schema.ts'

export type InvitationView = {
  id: string
  role: Role
  email: string | null
  /** Name of the person; null for the command line. */
  createdBy: string | null
  createdAt: string
  expiresAt: string
}

/** The invitations of this workspace that can still be accepted, newest first. */
export async function listInvitations(db: Db, workspaceId: string, nowMs: number): Promise<InvitationView[]> {
  const rows = await db.read
    .selectFrom('invitations')
    .leftJoin('people', 'people.id', 'invitations.created_by')
    .selectAll('invitations')
    .select('people.name as maker')
    .where('workspace_id', '=', workspaceId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', nowMs)
    .orderBy('invitations.id', 'desc')
    .execute()
  return rows.map(({ id, role, email, maker, created_at, expires_at }) => ({
    id,
    role,
    email: email || null,
    createdBy: maker,
    createdAt: new Date(created_at).toISOString(),
    expiresAt: new Date(expires_at).toISOString(),
  }))
}
