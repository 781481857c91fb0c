import type { AdapterPayload } from 'oidc-provider'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { PersonPrincipal } from '../principal.ts'
import { type AskingClient, decidedAlready } from './consent.ts'
import { makeGrant, type NewGrant, oauthScope } from './make-grant.ts'
import { type OpenRecord, openRecord, recordId, replaceRecord } from './records.ts'

/** A device that waits for a person who has its code (RFC 8628). */
export type WaitingDevice = {
  code: OpenRecord<AdapterPayload>
  client: AskingClient
  resource: string
  /** Where the device asked from. */
  address: string
  expiresAt: number
}

/** What is kept with a device's code for the person who decides. */
export type DeviceDetails = { client: AskingClient; address: string }

/** The device that shows this code, however it was typed. A person who tries too many wrong ones has to wait. */
export async function findDevice(app: App, person: PersonPrincipal, typed: string): Promise<WaitingDevice | Fault> {
  const { db, vault, clock, codeTries } = app
  const now = clock.now()
  const refused = codeTries.take(person.personId, now)
  if (refused) return refused
  const row = await db.read
    .selectFrom('oauth_records')
    .selectAll()
    .where('user_code', '=', userCodeId(typed))
    .executeTakeFirst()
  const code = row && openRecord<AdapterPayload>(vault, row, now)
  if (!code)
    return new Fault('not_found', 'No device shows this code.', {
      fix: 'Compare it with the one on the device. It is valid for ten minutes.',
    })
  codeTries.forgive(person.personId, now)
  if (code.payload.accountId || code.payload.error) return decidedAlready()
  const { client, address } = code.payload.deviceInfo as DeviceDetails // as the authorization server has put it
  return {
    code,
    client,
    resource: String(code.payload.params?.resource ?? ''),
    address,
    expiresAt: code.row.expires_at ?? now,
  }
}

/** Lets the device have a grant of these terms: it gets its tokens with its next poll. */
export async function approveDevice(
  app: App,
  { code, client, resource }: WaitingDevice,
  decision: Pick<NewGrant, 'member' | 'address' | 'terms'>,
): Promise<Fault | undefined> {
  const keyId = newId('key', app.clock.now())
  const payload: AdapterPayload = {
    ...code.payload,
    accountId: decision.member.personId,
    authTime: Math.floor(app.clock.now() / 1000),
    grantId: keyId,
    scope: oauthScope,
    resource,
  }
  const isFirst = await app.db.write(async tx => {
    if (!(await replaceRecord(tx, app.vault, code, { payload, grantId: keyId }))) return false
    await makeGrant(app, tx, { keyId, client, resource, ...decision })
    return true
  })
  return isFirst ? undefined : decidedAlready()
}

/** Tells the device that the person does not want it. */
export async function denyDevice(app: App, { code }: WaitingDevice): Promise<Fault | undefined> {
  const payload: AdapterPayload = { ...code.payload, error: 'access_denied', errorDescription: 'not allowed' }
  const isFirst = await app.db.write(tx => replaceRecord(tx, app.vault, code, { payload }))
  return isFirst ? undefined : decidedAlready()
}

/** Case, spaces and hyphens make no difference. */
export function userCodeId(typed: string): string {
  return recordId('user code', typed.replace(/[^A-Za-z0-9]/g, '').toUpperCase())
}
