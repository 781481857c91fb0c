import { useInfiniteQuery } from '@tanstack/react-query'
import { Bot } from 'lucide-react'
import { type Item, send } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { List } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { Select } from '../../kit/select.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { AgentRow } from './agent-row.tsx'
import { Begin } from './begin.tsx'
import { whileShort } from './live.ts'
import { RemoteAgents } from './remote-agents.tsx'
import { TextFilter } from './text-filter.tsx'
import { useRelaySearch } from './use-relay-search.ts'

const rank = ({ status }: Item<'GET /relay/agents'>) => (status === 'online' ? 0 : 1)

/** The agents that others can find, here and elsewhere. */
export function AgentList() {
  const {
    search: { text, online },
    change,
  } = useRelaySearch('agents')
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['GET /relay/agents', text, online],
    queryFn: ({ pageParam: next, signal }) =>
      send('GET /relay/agents', { query: { next, text, online: online && String(online === 'yes') } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: whileShort,
  })
  // Those that are there first; beside that as they came.
  const items = data?.pages.flatMap(page => page.items).sort((a, b) => rank(a) - rank(b)) ?? []
  const isNarrowed = text !== undefined || online !== undefined
  return (
    <div className="flex flex-col gap-4">
      {(items.length > 0 || isNarrowed) && (
        <div className="flex flex-wrap gap-3">
          <TextFilter
            label="Words"
            placeholder="Name, capability, machine"
            value={text}
            onChange={words => change({ text: words })}
          />
          <Select
            aria-label="Online"
            className="w-full sm:w-44"
            value={online ?? ''}
            options={[
              { value: '', label: 'Online or not' },
              { value: 'yes', label: 'Online' },
              { value: 'no', label: 'Stale' },
            ]}
            onChange={({ target }) => change({ online: target.value })}
          />
        </div>
      )}
      {error && <ProblemNote problem={error} />}
      {data && items.length === 0 && !isNarrowed ? (
        <Begin />
      ) : (
        <Card flush>
          {isPending && <SkeletonRows />}
          {data && items.length === 0 && <EmptyState icon={Bot} title="No agent fits" />}
          {items.length > 0 && (
            <List label="Agents">
              {items.map(agent => (
                <AgentRow key={agent.id} agent={agent} />
              ))}
            </List>
          )}
        </Card>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => fetchNextPage()} className="self-start">
          More agents
        </Button>
      )}
      <RemoteAgents />
    </div>
  )
}
