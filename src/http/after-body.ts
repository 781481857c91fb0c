import type { App } from '../app.ts'
import type { Fault } from '../core/errors.ts'

/** Who somebody is may be known for so long as it is; what ends counts within it. */
const goodMs = 1000

/**
 * Who asks, now that the body is there. A request is let in by its headers, and its body may take minutes to come: a key that is
 * revoked meanwhile, or a member who is removed, must not get through by having begun before. `known`: who it was at `askedAt`.
 */
export function afterBody<P>(app: App, { askedAt, known }: { askedAt: number; known: P }, ask: () => Asking<P>) {
  return app.clock.now() - askedAt < goodMs ? known : ask()
}

type Asking<P> = P | Fault | Promise<P | Fault>
