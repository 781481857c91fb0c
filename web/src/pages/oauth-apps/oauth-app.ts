import type { Answer, Item } from '../../api/send.ts'

export type OAuthApp = Item<'GET /oauth-apps'>
export type Added = Answer<'POST /oauth-apps'>
/** A kind of OAuth app: what is registered at a provider, and what it then serves. */
export type Registration = Item<'GET /oauth-apps/registrations'>

/** What shows OAuth apps and has to be read anew once one changed. */
export const affected = ['GET /oauth-apps', 'GET /oauth-apps/registrations', 'GET /providers'] as const

/** Whether one OAuth app serves so much that it is worth being led through its registration step by step. */
export const isGuided = ({ providers, steps }: Registration) => providers.length > 1 && steps.length > 0

/** Every scope that any of its apps asks for. */
export const scopesOf = ({ providers }: Registration) => [...new Set(providers.flatMap(({ scopes }) => scopes))]

/** Whether somebody who looks for `text` means this one: by its own name or that of an app that it serves. */
export function isMeant({ name, slug, providers }: Registration, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return [name, slug, ...providers.flatMap(each => [each.name, each.slug])].some(each =>
    each.toLowerCase().includes(wanted),
  )
}

/** `1 app`, `3 apps`. */
export const countOf = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
