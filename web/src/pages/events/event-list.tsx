import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Zap } from 'lucide-react'
import { send } from '../../api/send.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { ListRow } from '../../kit/list.tsx'
import { PagedList } from '../../kit/paged-list.tsx'
import { Select } from '../../kit/select.tsx'
import { Time } from '../../kit/time.tsx'
import { eventTypes, type Happening, typeOf, wordsOf } from './event-types.ts'

/** What happened, newest first. */
export function EventList() {
  const { type } = useSearch({ from: '/signed-in/framed/events' })
  const navigate = useNavigate()
  const pages = useInfiniteQuery({
    queryKey: ['GET /events', type],
    queryFn: ({ pageParam: next, signal }) => send('GET /events', { query: { next, type } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
  })
  return (
    <div className="flex flex-col gap-4">
      <Select
        aria-label="Type"
        className="w-full max-w-sm"
        value={type ?? ''}
        options={[
          { value: '', label: 'Every type' },
          ...eventTypes.map(each => ({ value: each, label: `${each}: ${wordsOf(each)}` })),
        ]}
        onChange={event => {
          const chosen = typeOf(event.target.value)
          void navigate({ to: '/events', search: chosen ? { type: chosen } : {} })
        }}
      />
      <PagedList
        label="Events"
        pages={pages}
        empty={
          <EmptyState icon={Zap} title={type ? 'Nothing of this type' : 'Nothing has happened yet'}>
            Connections that come, go or need you show here, and so do calls that go on by themselves.
          </EmptyState>
        }
        more="Earlier events"
      >
        {item => <EventRow key={item.id} item={item} />}
      </PagedList>
    </div>
  )
}

function EventRow({ item: { type, subject, facts, at } }: { item: Happening }) {
  const told = Object.entries(facts)
    // When it happened stands beside it.
    .filter(([name, value]) => value !== null && value !== '' && !name.endsWith('At'))
    .map(([name, value]) => `${name}: ${value}`)
  return (
    <ListRow
      title={
        <>
          <span>{wordsOf(type)}</span>
          <code className="font-mono font-normal text-faint text-sm">{type}</code>
          <span className="ml-auto font-normal text-faint text-sm">
            <Time at={at} />
          </span>
        </>
      }
      about={
        <span className="wrap-anywhere">
          {told.join(' · ')}
          {type === 'call.ended' && (
            <>
              {' · '}
              <Link to="/usage/$callId" params={{ callId: subject }} className="text-sea underline">
                the call
              </Link>
            </>
          )}
        </span>
      }
    />
  )
}
