import type { PersonPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Auth, OAuth2Device } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import { startDevice } from '../oauth/device.ts'
import { boundSession } from './bound-session.ts'
import { beginTry, type DeviceTry } from './kept-try.ts'
import { type OAuthWish, prepareTry } from './prepare-try.ts'

export const isDevice = (auth: Auth): auth is OAuth2Device => auth.kind === 'oauth2_device'

/** What the person types in at the provider, on whatever device they like. Times are ISO, or in milliseconds. */
export type DeviceCode = {
  userCode: string
  verificationUri: string
  verificationUriComplete: string | null
  intervalMs: number
  expiresAt: string
}

/** Gets a code from the provider. The other half of it stays here, sealed, and is exchanged by `pollDeviceTry`. */
export async function startDeviceTry(
  app: App,
  person: PersonPrincipal,
  { id, wish }: { id: string; wish: OAuthWish },
): Promise<DeviceCode | Fault> {
  const bound = await boundSession(app, person, id)
  if (bound instanceof Fault) return bound
  const ready = await prepareTry(app, bound, wish, isDevice)
  if (ready instanceof Fault) return ready
  const { provider, auth, client, choices } = ready
  const values = { base: provider.base, ...choices.values }
  const begun = await startDevice(app, { provider, auth, client, values }, choices.scopes)
  if (begun instanceof Fault) return begun
  const { deviceCode, userCode, verificationUri, verificationUriComplete, expiresAt, intervalMs } = begun
  const pollAt = app.clock.now() + intervalMs
  const kept: DeviceTry = { ...choices, kind: 'device', deviceCode, intervalMs, pollAt, endsAt: expiresAt }
  const over = await beginTry(app, bound.row, kept)
  if (over) return over
  return {
    userCode,
    verificationUri,
    verificationUriComplete: verificationUriComplete ?? null,
    intervalMs,
    expiresAt: new Date(expiresAt).toISOString(),
  }
}
