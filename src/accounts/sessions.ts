import { hash, randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import { newId } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { Role, Schema, SessionRow } from '../db/schema.ts'
import type { Origin, PersonPrincipal } from './principal.ts'

/** A session as requests need it: who, and in which workspaces. */
export type KnownSession = {
  person: PersonPrincipal
  memberships: { workspaceId: string; role: Role }[]
  lastSeenAt: number
  endsAt: number
}

const lifetimeMs = 30 * 24 * 60 * 60 * 1000
/** A session that is not used for this long ends earlier. */
const idleMs = 7 * 24 * 60 * 60 * 1000
/** How exact "last seen" is: one write per session in this time. */
const seenEveryMs = 5 * 60 * 1000

/** 192 random bits. Only its SHA-256 is stored. */
function newSessionToken(): string {
  return `cls_${randomBytes(24).toString('hex')}`
}

/** Starts a session; the token exists only in what this returns. Always a new one: what a browser had before counts for nothing. */
export async function startSession(
  tx: Transaction<Schema>,
  nowMs: number,
  { personId, origin }: { personId: string; origin: Origin },
): Promise<{ id: string; token: Secret; expiresAt: number }> {
  const token = newSessionToken()
  const id = newId('ses', nowMs)
  const expiresAt = nowMs + lifetimeMs
  await tx
    .insertInto('sessions')
    .values({
      id,
      person_id: personId,
      hash: hash('sha256', token),
      address: origin.address,
      client: origin.client.slice(0, 200),
      created_at: nowMs,
      last_seen_at: nowMs,
      expires_at: expiresAt,
      revoked_at: null,
    })
    .execute()
  return { id, token: new Secret(token), expiresAt }
}

/** Who a session cookie belongs to, or undefined. Remembered for a second, so an ended session stops within that everywhere. */
export async function findSession(app: App, token: string): Promise<KnownSession | undefined> {
  if (!/^cls_[0-9a-f]{48}$/.test(token)) return undefined
  const hashed = hash('sha256', token)
  const now = app.clock.now()
  const known = app.memory.sessions.get(hashed, now) ?? (await readSession(app, hashed, now))
  if (!known || now >= known.endsAt) return undefined
  if (now - known.lastSeenAt >= seenEveryMs) await touch(app, known, now)
  return known
}

async function readSession(app: App, hashed: string, now: number): Promise<KnownSession | undefined> {
  const row = await app.db.read
    .selectFrom('sessions')
    .innerJoin('people', 'people.id', 'sessions.person_id')
    .selectAll('sessions')
    .select(['people.name as name', 'people.email as email'])
    .where('hash', '=', hashed)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (!row) return undefined
  const memberships = await app.db.read
    .selectFrom('members')
    .select(['workspace_id as workspaceId', 'role'])
    .where('person_id', '=', row.person_id)
    .orderBy('created_at')
    .orderBy('workspace_id')
    .execute()
  const person = { personId: row.person_id, name: row.name, email: row.email, sessionId: row.id }
  const endsAt = sessionEndsAt(row)
  return app.memory.sessions.set(hashed, { person, memberships, lastSeenAt: row.last_seen_at, endsAt }, now)
}

/** When a session ends by itself: of age, or unused. */
export function sessionEndsAt({ expires_at, last_seen_at }: Pick<SessionRow, 'expires_at' | 'last_seen_at'>): number {
  return Math.min(expires_at, last_seen_at + idleMs)
}

async function touch(app: App, known: KnownSession, now: number): Promise<void> {
  known.lastSeenAt = now
  await app.db.write(tx =>
    tx.updateTable('sessions').set({ last_seen_at: now }).where('id', '=', known.person.sessionId).execute(),
  )
}
