import type { App } from '../app.ts'
import type { WantedRenewal } from './renew-credential.ts'
import type { RenewalEnd } from './renewal.ts'

/**
 * `renew-credential.ts`, loaded when the first credential has to be renewed: a ClawLink at rest does not hold the OAuth
 * engine in memory.
 */
export async function renewCredential(app: App, wanted: WantedRenewal): Promise<RenewalEnd> {
  const { renewCredential: renew } = await import('./renew-credential.ts')
  return renew(app, wanted)
}
