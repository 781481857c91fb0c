import type { Answer } from '../../api/send.ts'

/** Who asks to be let in. A device says also where it asked from. */
export type Asking = Answer<'GET /oauth/interactions/{uid}'> & { address?: string }

/** The host of a client id that is a URL; the id itself where it is none. Pure. */
export function clientHost({ id }: Asking['client']): string {
  return URL.parse(id)?.host || id
}
