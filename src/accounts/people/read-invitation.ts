import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import type { Role } from '../../db/schema.ts'
import { findInvitation } from './invitation.ts'

export type InvitationOffer = {
  workspace: string
  role: Role
  email: string | null
  /** Whether the person of that address has an account already, and so has to sign in to accept. */
  accountExists: boolean
}

/** What an invitation offers, for whoever has its link. */
export async function readInvitation(db: Db, nowMs: number, token: string): Promise<InvitationOffer | Fault> {
  const row = await findInvitation(db.read, nowMs, token)
  if (row instanceof Fault) return row
  const { name } = await db.read
    .selectFrom('workspaces')
    .select('name')
    .where('id', '=', row.workspace_id)
    .executeTakeFirstOrThrow()
  const account = await db.read.selectFrom('people').select('id').where('email', '=', row.email).executeTakeFirst()
  return { workspace: name, role: row.role, email: row.email || null, accountExists: account !== undefined }
}
