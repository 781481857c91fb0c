import { useQuery } from '@tanstack/react-query'
import { askAll } from '../../api/queries.ts'

/** What people call the agents and connections whose ids a rule holds. */
export function useNames(): (id: string) => string {
  const { data: agents } = useQuery(askAll('GET /agents'))
  const { data: connections } = useQuery(askAll('GET /connections'))
  const names = new Map([
    ...(agents?.items ?? []).map(({ id, name }) => [id, name] as const),
    ...(connections?.items ?? []).map(({ id, label, provider }) => [id, `${label} (${provider})`] as const),
  ])
  return id => names.get(id) ?? id
}
