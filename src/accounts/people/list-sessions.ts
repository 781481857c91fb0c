import type { Db } from '../../db/db.ts'
import type { PersonPrincipal } from '../principal.ts'
import { sessionEndsAt } from '../sessions.ts'

export type SessionView = {
  id: string
  address: string
  /** What the browser said of itself. */
  client: string
  createdAt: string
  /** As of at most five minutes ago. */
  lastSeenAt: string
  current: boolean
}

/** The sessions that this person can use now, the one used last first. */
export async function listSessions(
  db: Db,
  { personId, sessionId }: PersonPrincipal,
  nowMs: number,
): Promise<SessionView[]> {
  const rows = await db.read
    .selectFrom('sessions')
    .selectAll()
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows
    .filter(row => nowMs < sessionEndsAt(row))
    .map(({ id, address, client, created_at, last_seen_at }) => ({
      id,
      address,
      client,
      createdAt: new Date(created_at).toISOString(),
      lastSeenAt: new Date(last_seen_at).toISOString(),
      current: id === sessionId,
    }))
}
