import { useQuery } from '@tanstack/react-query'
import { ask, askAll } from '../../api/queries.ts'

/** What those are called who made connections: members, and agents; undefined for who is not there any more. */
export function useMakers(): (id: string | null) => string | undefined {
  const members = useQuery(ask('GET /members'))
  const agents = useQuery(askAll('GET /agents'))
  const names = new Map(
    [...(members.data?.items ?? []), ...(agents.data?.items ?? [])].map(({ id, name }) => [id, name]),
  )
  return id => names.get(id ?? '')
}
