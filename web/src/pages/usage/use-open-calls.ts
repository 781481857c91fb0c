import { useQuery } from '@tanstack/react-query'
import { ask } from '../../api/queries.ts'

/** How often it is looked how they stand, and whether there are any. */
const lookEveryMs = { some: 2_000, none: 10_000 }

/** The calls that have not ended, the newest hundred, as they stand now. */
export function useOpenCalls() {
  return useQuery({
    ...ask('GET /calls', { query: { limit: 100 } }),
    refetchInterval: ({ state }) => (state.data?.items.length ? lookEveryMs.some : lookEveryMs.none),
  })
}
