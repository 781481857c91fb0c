import { hash, timingSafeEqual } from 'node:crypto'
import type { AdapterPayload } from 'oidc-provider'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { type OpenRecord, readRecord, recordId } from './records.ts'

/** A client as the person who decides sees it. It wrote all of this itself, but for `verified` ids. */
export type AskingClient = {
  /** As registered, or the URL of its document. */
  id: string
  /** Never empty, on one line, and short enough to be an agent's. */
  name: string
  uri: string | null
  /** Host, or scheme and host, that the answer goes to. Empty for a device, which fetches it. */
  redirectHost: string
  /** Whether the answer can only go to a program on the person's own machine, which may be any program. */
  loopbackOnly: boolean
  /** Whether `id` is a URL whose owner published this name and these redirects. */
  verified: boolean
}

/** What is kept beside an interaction: who asks, and which browser it began in. */
export type ConsentPayload = {
  client: AskingClient
  resource: string
  /** SHA-256 of what only that browser has. */
  browser: string
}

/** An authorization request that waits for a person. */
export type Consent = { interaction: OpenRecord<AdapterPayload>; asking: ConsentPayload; expiresAt: number }

/**
 * The request of this uid, for the browser that began it: whoever sends a person a link to a request of their own gets
 * nothing by it. One message for every reason.
 */
export async function findConsent(
  { db, vault, clock }: App,
  { uid, browser }: { uid: string; browser: string | undefined },
): Promise<Consent | Fault> {
  const now = clock.now()
  const [asking, interaction] = await Promise.all([
    readRecord<ConsentPayload>(db.read, vault, recordId('Consent', uid), now),
    readRecord<AdapterPayload>(db.read, vault, recordId('Interaction', uid), now),
  ])
  if (!asking || !interaction || !isSame(asking.payload.browser, browser)) return noConsent()
  if (interaction.payload.result) return decidedAlready()
  return { interaction, asking: asking.payload, expiresAt: interaction.row.expires_at ?? now }
}

function isSame(hashed: string, browser: string | undefined): boolean {
  return browser !== undefined && timingSafeEqual(Buffer.from(hashed), Buffer.from(hash('sha256', browser)))
}

function noConsent(): Fault {
  return new Fault('not_found', 'This browser has no such request to decide about.', {
    fix: 'It may be over, or have begun in another browser. Start again in the program that wants access.',
  })
}

export function decidedAlready(): Fault {
  return new Fault('conflict', 'This request was decided already.', {
    fix: 'Start again in the program that wants access, if it is still wanted.',
  })
}
