import { useQuery } from '@tanstack/react-query'
import { ask } from '../../api/queries.ts'

/** What people call a provider; its slug until that is known, and when it is not there any more. */
export function useProviderNames(): (slug: string) => string {
  const { data } = useQuery(ask('GET /providers'))
  return slug => data?.items.find(provider => provider.slug === slug)?.name ?? slug
}
