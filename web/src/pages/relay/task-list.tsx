import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ListTodo } from 'lucide-react'
import { send } from '../../api/send.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { ListRow } from '../../kit/list.tsx'
import { PagedList } from '../../kit/paged-list.tsx'
import { Select } from '../../kit/select.tsx'
import { Time } from '../../kit/time.tsx'
import { whileShort } from './live.ts'
import { PriorityBadge, StateBadge } from './task-badges.tsx'
import { nameOf, receiverOf, states, type Task } from './task-words.ts'
import { useRelaySearch } from './use-relay-search.ts'

/** What agents have given each other to do, newest first. */
export function TaskList() {
  const {
    search: { state },
    change,
  } = useRelaySearch('tasks')
  const pages = useInfiniteQuery({
    queryKey: ['GET /relay/tasks', state],
    queryFn: ({ pageParam: next, signal }) => send('GET /relay/tasks', { query: { next, state } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: whileShort,
  })
  return (
    <div className="flex flex-col gap-4">
      <Select
        aria-label="State"
        className="w-full sm:w-56"
        value={state ?? ''}
        options={[
          { value: '', label: 'Open and ended' },
          { value: 'open', label: 'Open' },
          ...Object.entries(states).map(([value, { word }]) => ({ value, label: `Only: ${word}` })),
        ]}
        onChange={({ target }) => change({ state: target.value })}
      />
      <PagedList
        label="Tasks"
        pages={pages}
        empty={
          <EmptyState icon={ListTodo} title={state ? 'No task is like this' : 'No agent has a task yet'}>
            An agent gives one to another by name, or to whoever can do it: by MCP, or with{' '}
            <code className="font-mono text-[0.8125rem]">clawlink delegate</code>.
          </EmptyState>
        }
        more="Earlier tasks"
      >
        {task => <TaskRow key={task.id} task={task} />}
      </PagedList>
    </div>
  )
}

function TaskRow({ task }: { task: Task }) {
  return (
    <ListRow
      align="start"
      title={
        <Link
          to="/relay/tasks/$id"
          params={{ id: task.id }}
          className="wrap-anywhere line-clamp-2 min-h-6 hover:underline"
        >
          {task.task || task.id}
        </Link>
      }
      about={
        <span className="wrap-anywhere">
          {nameOf(task.from)} to {receiverOf(task)} ·{' '}
          <span className="text-faint">
            <Time at={task.createdAt} />
            {task.endedAt && (
              <>
                , ended <Time at={task.endedAt} />
              </>
            )}
          </span>
        </span>
      }
      actions={
        <>
          <PriorityBadge priority={task.priority} />
          <StateBadge state={task.state} />
        </>
      }
    />
  )
}
