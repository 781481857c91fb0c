import { useQuery } from '@tanstack/react-query'
import { pendingApprovals } from '../session/pending-approvals.ts'
import { useIsAdmin } from '../session/use-me.ts'
import { navigation } from './navigation.ts'

/** The navigation as far as this person may see it. */
export function usePlaces() {
  const isAdmin = useIsAdmin()
  return navigation
    .map(group => ({ ...group, places: group.places.filter(({ adminsOnly }) => isAdmin || !adminsOnly) }))
    .filter(({ places }) => places.length > 0)
}

/** How many calls wait for an approval. */
export function usePendingCount(): number {
  return useQuery(pendingApprovals()).data?.items.length ?? 0
}
