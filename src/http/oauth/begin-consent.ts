import { hash, randomBytes } from 'node:crypto'
import type { Interaction, KoaContextWithOIDC } from 'oidc-provider'
import type { ConsentPayload } from '../../accounts/grants/consent.ts'
import type { DeviceDetails } from '../../accounts/grants/device.ts'
import { putRecord, recordId } from '../../accounts/grants/records.ts'
import type { App } from '../../app.ts'
import { clientAddress } from '../client-address.ts'
import { askingClient } from './asking-client.ts'
import { setConsentCookie } from './consent-cookie.ts'

/** How long a person has to decide, signing in first where needed. */
export const consentMs = 30 * 60_000

/** Keeps who asks for what, ties it to this browser, and says where the person decides. */
export async function beginConsent(app: App, ctx: KoaContextWithOIDC, { uid, params }: Interaction): Promise<string> {
  const { client } = ctx.oidc
  if (!client) throw new Error('an interaction without a client')
  const browser = randomBytes(32).toString('base64url')
  const payload: ConsentPayload = {
    client: askingClient(client, String(params.redirect_uri)),
    resource: String(params.resource),
    browser: hash('sha256', browser),
  }
  await app.db.write(tx =>
    putRecord(tx, app.vault, {
      id: recordId('Consent', uid),
      model: 'Consent',
      payload,
      expiresAt: app.clock.now() + consentMs,
    }),
  )
  setConsentCookie(ctx, { uid, browser, maxAgeMs: consentMs })
  return `${app.url()}/consent/${uid}`
}

/** The same of a device, kept with its code. */
export function deviceDetails(app: App, ctx: KoaContextWithOIDC): DeviceDetails {
  const { client } = ctx.oidc
  if (!client) throw new Error('a device without a client')
  return { client: askingClient(client), address: clientAddress(app, ctx.req) }
}
