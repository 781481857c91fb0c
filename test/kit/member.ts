import { startSession } from '../../src/accounts/sessions.ts'
import { newId } from '../../src/core/ids.ts'
import type { Secret } from '../../src/core/secret.ts'
import type { Db } from '../../src/db/db.ts'
import type { Role } from '../../src/db/schema.ts'
import type { RestAnswer, TestClawLink } from './clawlink.ts'

/** A person who is signed in, as a browser is. */
export type Member = {
  id: string
  name: string
  /** One request below `/api/v1` in this person's session. */
  rest(method: string, path: string, body?: unknown): Promise<RestAnswer>
}

/** A new person with a session; a plain member of the first workspace unless said otherwise. */
export async function signIn(
  claw: TestClawLink,
  {
    name,
    role = 'member',
    workspaceId = claw.app.workspaceId,
  }: { name: string; role?: Role; workspaceId?: string | undefined },
): Promise<Member> {
  const { id, token } = await addMember(claw.app.db, claw.clock.now(), { name, role, workspaceId })
  const headers = { cookie: `clawlink_session=${token.reveal()}`, origin: claw.url }
  return {
    id,
    name,
    rest: (method, path, body) => claw.rest(method, path, { key: null, headers, ...(body !== undefined && { body }) }),
  }
}

/** The same without a server: the person, and the token of the session. */
export function addMember(
  db: Db,
  now: number,
  { name, role, workspaceId }: { name: string; role: Role; workspaceId: string },
): Promise<{ id: string; token: Secret }> {
  const id = newId('usr', now)
  return db.write(async tx => {
    await tx
      .insertInto('people')
      .values({
        id,
        email: `${id}@example.com`,
        name,
        password_hash: '',
        oidc_subject: null,
        two_factor: 0,
        totp_last_step: 0,
        recovery_hashes: '[]',
        failures: 0,
        locked_until: 0,
        created_at: now,
      })
      .execute()
    await tx.insertInto('members').values({ workspace_id: workspaceId, person_id: id, role, created_at: now }).execute()
    const { token } = await startSession(tx, now, { personId: id, origin: { address: '127.0.0.1', client: 'test' } })
    return { id, token }
  })
}
