import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ask } from '../../api/queries.ts'
import { Card } from '../../kit/card.tsx'
import { CopyButton } from '../../kit/copy-button.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { Fact, Facts } from '../../scope/fact.tsx'
import { lookEveryMs } from './live.ts'
import { PriorityBadge, StateBadge } from './task-badges.tsx'
import { TaskHistory } from './task-history.tsx'
import { nameOf, receiverOf, standingOf, type TaskDetail } from './task-words.ts'
import { Words } from './words.tsx'

/** One task: what is to be done, who has it, how it stands, and all that happened to it. */
export function TaskPage() {
  const { id } = useParams({ from: '/signed-in/framed/relay/tasks/$id' })
  const { data, error, isPending } = useQuery({
    ...ask('GET /relay/tasks/{id}', { params: { id } }),
    refetchInterval: ({ state }) => (state.data?.endedAt ? false : lookEveryMs),
  })
  if (isPending)
    return (
      <Card flush>
        <SkeletonRows rows={6} />
      </Card>
    )
  if (!data)
    return (
      <Page title="A task" about={<AllTasks />}>
        <ProblemNote problem={error} />
      </Page>
    )
  return (
    <Page
      title={`A task of ${nameOf(data.from)}`}
      about={<AllTasks />}
      actions={
        <span className="flex items-center gap-1.5">
          <PriorityBadge priority={data.priority} />
          <StateBadge state={data.state} />
        </span>
      }
    >
      <p aria-live="polite" className="wrap-anywhere">
        {standingOf(data)}
      </p>
      <Card title="What is to be done">
        <div className="flex flex-col gap-4">
          <Words value={data.task} label="Task" />
          {data.context !== null && data.context !== undefined && (
            <div>
              <h3 className="mb-1 font-medium text-soft text-sm">What it needs to know</h3>
              <Words value={data.context} label="Context" />
            </div>
          )}
        </div>
      </Card>
      <Card title="What happened">
        <TaskHistory events={data.history} />
      </Card>
      <Card>
        <TaskFacts task={data} />
      </Card>
    </Page>
  )
}

function TaskFacts({ task }: { task: TaskDetail }) {
  return (
    <Facts>
      <Fact term="From">{nameOf(task.from)}</Fact>
      <Fact term="To">
        {receiverOf(task)}
        {task.to && task.capability !== null && (
          <span className="text-soft">, as whoever can do {task.capability}</span>
        )}
      </Fact>
      <Fact term="Priority">{task.priority}</Fact>
      <Fact term="Given">
        <Time at={task.createdAt} />
      </Fact>
      {task.endedAt ? (
        <Fact term="Ended">
          <Time at={task.endedAt} />
        </Fact>
      ) : (
        <Fact term="Deadline">
          <Time at={task.deadline} />
        </Fact>
      )}
      {task.attachments.length > 0 && (
        <Fact term="Shared files">
          <ul className="flex flex-col gap-1">
            {task.attachments.map(key => (
              <li key={key}>
                <Link to="/relay/file" search={{ key }} className="inline-flex min-h-6 items-center underline">
                  {key}
                </Link>
              </li>
            ))}
          </ul>
        </Fact>
      )}
      <Fact term="Task id">
        <span className="-my-1.5 flex flex-wrap items-center gap-1">
          <code className="break-all font-mono text-[0.8125rem]">{task.id}</code>
          <CopyButton text={task.id} label="task id" />
        </span>
      </Fact>
    </Facts>
  )
}

function AllTasks() {
  return (
    <Link to="/relay" search={{ view: 'tasks' }} className="underline">
      All tasks
    </Link>
  )
}
