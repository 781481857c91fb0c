import { useQuery } from '@tanstack/react-query'
import { ask, askAll } from '../../api/queries.ts'
import { useMe } from '../../session/use-me.ts'

/** Which of the first steps are done; undefined until that is known. */
export function useFirstSteps() {
  const { person } = useMe()
  const agents = useQuery(askAll('GET /agents'))
  const connections = useQuery(askAll('GET /connections'))
  const calls = useQuery(ask('GET /usage', { query: { limit: 1 } }))
  if (!agents.data || !connections.data || !calls.data) return undefined
  return {
    agent: agents.data.items.some(({ active }) => active),
    connection: connections.data.items.length > 0,
    call: calls.data.items.length > 0,
    twoFactor: person.twoFactor || !person.hasPassword,
  }
}
