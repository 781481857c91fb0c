import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { send } from '../../api/send.ts'
import { filterOf, type UsageSearch } from './search.ts'

/** How often the newest page looks for newer calls. */
const lookEveryMs = 10_000

/** The calls that an address asks for. */
export function useCalls(search: UsageSearch) {
  return useQuery({
    queryKey: ['GET /usage', search],
    queryFn: ({ signal }) =>
      send('GET /usage', { query: { ...filterOf(search, Date.now()), next: search.before } }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: search.before ? false : lookEveryMs,
  })
}

/** What they come to, whichever page of them is shown. */
export function useSummary({ before: _, ...search }: UsageSearch) {
  return useQuery({
    queryKey: ['GET /usage/summary', search],
    queryFn: ({ signal }) => send('GET /usage/summary', { query: filterOf(search, Date.now()) }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: lookEveryMs,
  })
}
