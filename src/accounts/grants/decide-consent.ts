import type { AdapterPayload } from 'oidc-provider'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { type Consent, decidedAlready } from './consent.ts'
import { makeGrant, type NewGrant } from './make-grant.ts'
import { replaceRecord } from './records.ts'

/** Where the browser goes next: the authorization server, which answers the client, in the browser that began it only. */
export type Decided = { location: string }

/** Lets the client have a grant of these terms. Of several who decide at the same time the others get a conflict. */
export async function approveConsent(
  app: App,
  consent: Consent,
  decision: Pick<NewGrant, 'member' | 'address' | 'terms'>,
): Promise<Decided | Fault> {
  const { interaction, asking } = consent
  const keyId = newId('key', app.clock.now())
  const result = { login: { accountId: decision.member.personId, remember: false }, consent: { grantId: keyId } }
  const payload: AdapterPayload = { ...interaction.payload, result }
  const isFirst = await app.db.write(async tx => {
    if (!(await replaceRecord(tx, app.vault, interaction, { payload }))) return false
    await makeGrant(app, tx, { keyId, client: asking.client, resource: asking.resource, ...decision })
    return true
  })
  return isFirst ? whereNext(consent) : decidedAlready()
}

/** Tells the client that the person does not want it. */
export async function denyConsent(app: App, consent: Consent): Promise<Decided | Fault> {
  const { interaction } = consent
  const result = { error: 'access_denied', error_description: 'The person did not allow it.' }
  const payload: AdapterPayload = { ...interaction.payload, result }
  const isFirst = await app.db.write(tx => replaceRecord(tx, app.vault, interaction, { payload }))
  return isFirst ? whereNext(consent) : decidedAlready()
}

const whereNext = ({ interaction }: Consent): Decided => ({ location: interaction.payload.returnTo ?? '' })
