import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Zap } from 'lucide-react'
import { send } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { Select } from '../../kit/select.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { eventTypes, type Happening, typeOf, wordsOf } from './event-types.ts'

/** What happened, newest first. */
export function EventList() {
  const { type } = useSearch({ from: '/signed-in/framed/events' })
  const navigate = useNavigate()
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['GET /events', type],
    queryFn: ({ pageParam: next, signal }) => send('GET /events', { query: { next, type } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
  })
  const items = data?.pages.flatMap(page => page.items) ?? []
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
      {error && <ProblemNote problem={error} />}
      <Card flush>
        {isPending && <SkeletonRows rows={6} />}
        {data && items.length === 0 && (
          <EmptyState icon={Zap} title={type ? 'Nothing of this type' : 'Nothing has happened yet'}>
            Connections that come, go or need you show here, and so do calls that go on by themselves.
          </EmptyState>
        )}
        {items.length > 0 && (
          <List label="Events">
            {items.map(item => (
              <EventRow key={item.id} item={item} />
            ))}
          </List>
        )}
      </Card>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => fetchNextPage()} className="self-start">
          Earlier events
        </Button>
      )}
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
      actions={
        <span className="text-faint text-sm">
          <Time at={at} />
        </span>
      }
    />
  )
}
