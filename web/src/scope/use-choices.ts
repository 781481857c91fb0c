import { useQuery } from '@tanstack/react-query'
import type { Problem } from '../api/problem.ts'
import { ask, askAll } from '../api/queries.ts'
import type { Choices } from './choices.ts'

/** What a key of this workspace can be limited to; undefined until it is known. */
export function useChoices(): { choices: Choices | undefined; problem: Problem | null } {
  const providers = useQuery(ask('GET /providers'))
  const connections = useQuery(askAll('GET /connections'))
  const choices =
    providers.data && connections.data
      ? { providers: providers.data.items, connections: connections.data.items }
      : undefined
  return { choices, problem: choices ? null : (providers.error ?? connections.error) }
}
