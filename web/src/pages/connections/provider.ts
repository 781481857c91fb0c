import type { Item } from '../../api/send.ts'

export type Provider = Item<'GET /providers'>

/** The ways of connecting that go through an OAuth app of the provider. */
const throughApp: readonly string[] = ['oauth2', 'oauth2_device', 'oauth1']

/** Whether there is a way to connect it that needs no OAuth app at all, such as a token to paste. Pure. */
export const isTokenFirst = ({ ways }: Pick<Provider, 'ways'>) => ways.some(({ kind }) => !throughApp.includes(kind))

/** The providers that hold every word of what is sought in their name, category or description. Pure. */
export function findProviders(
  providers: readonly Provider[],
  { sought, tokenOnly }: { sought: string; tokenOnly: boolean },
): Provider[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean)
  return providers.filter(provider => {
    if (tokenOnly && !isTokenFirst(provider)) return false
    const text = `${provider.name} ${provider.slug} ${provider.category} ${provider.about}`.toLowerCase()
    return words.every(word => text.includes(word))
  })
}

/** Those to begin with: what can be connected at once, and offers the most to do; what is for practice first. Pure. */
export function startersOf(providers: readonly Provider[], most = 2): Provider[] {
  return providers
    .filter(provider => provider.ready && isTokenFirst(provider))
    .toSorted((a, b) => Number(isForPractice(b)) - Number(isForPractice(a)) || b.tools - a.tools)
    .slice(0, most)
}

const isForPractice = ({ category }: Provider) => category === 'practice'
