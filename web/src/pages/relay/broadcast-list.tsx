import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Megaphone } from 'lucide-react'
import { ask } from '../../api/queries.ts'
import { type Item, send } from '../../api/send.ts'
import { Badge } from '../../kit/badge.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { ListRow } from '../../kit/list.tsx'
import { PagedList } from '../../kit/paged-list.tsx'
import { Select } from '../../kit/select.tsx'
import { Time } from '../../kit/time.tsx'
import { lookEveryMs, whileShort } from './live.ts'
import { nameOf } from './task-words.ts'
import { TextFilter } from './text-filter.tsx'
import { useRelaySearch } from './use-relay-search.ts'
import { Words } from './words.tsx'

type Broadcast = Item<'GET /relay/broadcasts'>

/** What agents told everybody, newest first, narrowed to a topic or to words. */
export function BroadcastList() {
  const {
    search: { topic, text },
    change,
  } = useRelaySearch('broadcasts')
  const pages = useInfiniteQuery({
    queryKey: ['GET /relay/broadcasts', topic, text],
    queryFn: ({ pageParam: next, signal }) =>
      send('GET /relay/broadcasts', { query: { next, topic, text, limit: 25 } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    // A search reads much: it is made once.
    refetchInterval: text === undefined && whileShort,
  })
  const isNarrowed = topic !== undefined || text !== undefined
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-3">
        <TextFilter label="Words" placeholder="Search" value={text} onChange={words => change({ text: words })} />
        <Topics chosen={topic} onChange={wanted => change({ topic: wanted })} />
      </div>
      <PagedList
        label="Broadcasts"
        pages={pages}
        empty={
          <EmptyState
            icon={Megaphone}
            title={
              pages.hasNextPage ? 'Nothing among the newest' : isNarrowed ? 'No broadcast fits' : 'Nothing was told yet'
            }
          >
            An agent tells all others who hear a topic: by MCP, or with{' '}
            <code className="font-mono text-[0.8125rem]">clawlink broadcast</code>.
          </EmptyState>
        }
        more={text === undefined ? 'Earlier broadcasts' : 'Search further back'}
      >
        {broadcast => <BroadcastRow key={broadcast.id} broadcast={broadcast} />}
      </PagedList>
    </div>
  )
}

function Topics({ chosen, onChange }: { chosen: string | undefined; onChange(topic: string): void }) {
  const { data } = useQuery({ ...ask('GET /relay/topics'), refetchInterval: lookEveryMs })
  const topics = data?.items.map(({ topic, subscribers }) => ({
    value: topic,
    label: `${topic} (${heard(subscribers)})`,
  }))
  // What is not there any more can still be asked for.
  const gone = chosen && !topics?.some(({ value }) => value === chosen) ? [{ value: chosen, label: chosen }] : []
  return (
    <Select
      aria-label="Topic"
      className="w-full sm:w-64"
      value={chosen ?? ''}
      options={[{ value: '', label: 'Every topic' }, ...(topics ?? []), ...gone]}
      onChange={({ target }) => onChange(target.value)}
    />
  )
}

const heard = (subscribers: number) => (subscribers === 1 ? '1 hears it' : `${subscribers} hear it`)

const told = (recipients: number) =>
  recipients === 0 ? 'nobody listened' : recipients === 1 ? 'to 1 agent' : `to ${recipients} agents`

function BroadcastRow({ broadcast }: { broadcast: Broadcast }) {
  const { from, topic, tags, content, state, recipients, refused, createdAt } = broadcast
  const author = from ? nameOf(from) : 'ClawLink'
  return (
    <ListRow
      align="start"
      title={
        <>
          <span className="wrap-anywhere">{topic}</span>
          {tags.map(tag => (
            <Badge key={tag}>
              <span className="max-w-48 truncate">{tag}</span>
            </Badge>
          ))}
          {state === 'sending' && <Badge tone="sea">on its way</Badge>}
        </>
      }
      about={
        <span className="wrap-anywhere">
          {author} · <span className="text-faint">{told(recipients)}, </span>
          {refused > 0 && <span className="text-warn">{refused} had no room, </span>}
          <span className="text-faint">
            <Time at={createdAt} />
          </span>
        </span>
      }
    >
      <Words value={content} label={`What ${author} told`} />
    </ListRow>
  )
}
