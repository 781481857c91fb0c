import { Fault } from '../core/errors.ts'
import type { Catalog, Provider } from './catalog.ts'

/** The provider of this name, or a fault that names those that there are. */
export function findProvider({ providers }: Catalog, slug: string): Provider | Fault {
  return (
    providers.get(slug) ??
    new Fault('provider_not_found', `There is no provider "${slug.slice(0, 100)}".`, { choices: [...providers.keys()] })
  )
}
