import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Send } from 'lucide-react'
import { ask } from '../../api/queries.ts'
import { send } from '../../api/send.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { PagedList } from '../../kit/paged-list.tsx'
import { Select } from '../../kit/select.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { DeliveryRow } from './delivery-row.tsx'
import { nameOf } from './endpoint.ts'
import { type EventsSearch, stateOf } from './search.ts'

/** How often the list is read anew while something is on its way. */
const againMs = 2_000

/** What was sent to endpoints or waits to be, newest first. */
export function DeliveryList() {
  const { endpoint, state } = useSearch({ from: '/signed-in/framed/events' })
  const canReplay = useIsAdmin()
  const navigate = useNavigate()
  const endpoints = useQuery(ask('GET /endpoints')).data?.items ?? []
  const pages = useInfiniteQuery({
    queryKey: ['GET /deliveries', endpoint, state],
    queryFn: ({ pageParam: next, signal }) => send('GET /deliveries', { query: { next, endpoint, state } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: query =>
      query.state.data?.pages.some(page => page.items.some(item => item.state === 'waiting')) ? againMs : false,
  })
  const show = (wanted: EventsSearch) =>
    void navigate({ to: '/events', search: { view: 'deliveries', ...(endpoint && { endpoint }), ...wanted } })
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-3">
        <Select
          aria-label="Endpoint"
          className="w-full sm:w-64"
          value={endpoint ?? ''}
          options={[
            { value: '', label: 'Every endpoint' },
            ...endpoints.map(each => ({ value: each.id, label: nameOf(each) })),
          ]}
          onChange={({ target }) =>
            void navigate({
              to: '/events',
              search: { view: 'deliveries', ...(target.value && { endpoint: target.value }), ...(state && { state }) },
            })
          }
        />
        <Select
          aria-label="State"
          className="w-full sm:w-44"
          value={state ?? ''}
          options={[
            { value: '', label: 'Every state' },
            { value: 'waiting', label: 'On its way' },
            { value: 'delivered', label: 'Delivered' },
            { value: 'failed', label: 'Failed' },
          ]}
          onChange={({ target }) => {
            const chosen = stateOf(target.value)
            show(chosen ? { state: chosen } : {})
          }}
        />
      </div>
      <PagedList
        label="Deliveries"
        pages={pages}
        empty={
          <EmptyState icon={Send} title={endpoint || state ? 'No delivery fits' : 'Nothing was sent yet'}>
            Each event that an endpoint is told of shows here, with what became of it.
          </EmptyState>
        }
        more="Earlier deliveries"
      >
        {delivery => (
          <DeliveryRow
            key={delivery.id}
            delivery={delivery}
            endpoint={endpoints.find(({ id }) => id === delivery.endpointId)}
            canReplay={canReplay}
          />
        )}
      </PagedList>
    </div>
  )
}
