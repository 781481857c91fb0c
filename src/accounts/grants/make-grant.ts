import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { Schema } from '../../db/schema.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { Environment, MemberPrincipal } from '../principal.ts'
import type { Scope } from '../scope.ts'
import { agentOfClient } from './agent-of-client.ts'
import type { AskingClient } from './consent.ts'
import { putRecord, recordId } from './records.ts'

/** What a person lets a client do, and for how long. */
export type GrantTerms = { environment: Environment; scope: Scope; expiresInMs?: number | undefined }

/** A grant on its way into the database. `keyId` is a new one. */
export type NewGrant = {
  keyId: string
  client: AskingClient
  resource: string
  member: MemberPrincipal
  address: string
  terms: GrantTerms
}

/** The one OAuth scope that there is: what a client may do in detail is the person's choice and stands in the key. */
export const oauthScope = 'mcp'

/**
 * Makes a grant: an agent named after the client, a key row that every token of the grant resolves to, and the record that
 * the authorization server finds it by. The id of all three is the key's.
 */
export async function makeGrant(
  { vault, clock }: App,
  tx: Transaction<Schema>,
  { keyId, client, resource, member, address, terms }: NewGrant,
): Promise<void> {
  const now = clock.now()
  const { workspaceId, personId } = member
  const { environment, scope, expiresInMs } = terms
  const agent = await agentOfClient(vault, tx, { client, member }, now)
  await tx
    .insertInto('keys')
    .values({
      id: keyId,
      workspace_id: workspaceId,
      agent_id: agent.id,
      environment,
      hash: keyHashOfGrant(keyId),
      last_four: '',
      created_at: now,
      expires_at: expiresInMs === undefined ? null : now + expiresInMs,
      revoked_at: null,
      kind: 'oauth',
      scope: JSON.stringify(scope),
      created_by: personId,
      replaced_by: '',
      calls_per_minute: null,
      calls_per_day: null,
      last_used_at: null,
    })
    .execute()
  // As oidc-provider keeps a Grant; how long it lasts is the key's to say.
  const payload = {
    kind: 'Grant',
    iat: Math.floor(now / 1000),
    accountId: personId,
    clientId: client.id,
    resources: { [resource]: oauthScope },
  }
  await putRecord(tx, vault, { id: recordId('Grant', keyId), model: 'Grant', payload, expiresAt: null, grantId: keyId })
  // A client that somebody uses is kept.
  await tx
    .updateTable('oauth_records')
    .set({ expires_at: null })
    .where('id', '=', recordId('Client', client.id))
    .execute()
  await recordAudit(tx, now, {
    workspaceId,
    actor: personActor(member),
    action: 'grant.made',
    target: keyId,
    address,
    details: { agent: agent.name, client: client.id, redirect: client.redirectHost, environment },
  })
}

/** What stands in `keys.hash` for a grant, which has no key of its own. */
export const keyHashOfGrant = (keyId: string): string => `oauth:${keyId}`
