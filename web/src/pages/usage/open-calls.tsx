import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Send } from 'lucide-react'
import { askAll } from '../../api/queries.ts'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { CancelButton } from './cancel-button.tsx'
import type { OpenCall } from './standing.ts'
import { StandingLine } from './standing-line.tsx'
import { useOpenCalls } from './use-open-calls.ts'

/** The calls that have not ended: what each waits for, or how far it is. */
export function OpenCalls() {
  const { data, error, isPending } = useOpenCalls()
  if (error && !data) return <ProblemNote problem={error} />
  return (
    <div className="flex flex-col gap-4">
      <Card flush>
        {isPending && <SkeletonRows rows={3} />}
        {data?.items.length === 0 && (
          <EmptyState icon={Send} title="Nothing is on its way">
            Calls stand here that wait for a member or for their turn at a provider, and those that a provider works on.
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <List label="Calls on their way">
            {data.items.map(call => (
              <OpenCallRow key={call.callId} call={call} />
            ))}
          </List>
        )}
      </Card>
      {data?.next && <p className="text-faint text-sm">The newest {data.items.length}. There are more.</p>}
    </div>
  )
}

function OpenCallRow({ call }: { call: OpenCall }) {
  const { callId, tool, connection, agent, startedAt } = call
  const agents = useQuery(askAll('GET /agents')).data?.items
  const connections = useQuery(askAll('GET /connections')).data?.items
  return (
    <ListRow
      align="start"
      title={
        <Link
          to="/usage/$callId"
          params={{ callId }}
          className="wrap-anywhere inline-flex min-h-6 items-center font-mono text-[0.8125rem] hover:underline"
        >
          {tool}
        </Link>
      }
      about={
        <>
          <StandingLine standing={call} />
          <span className="wrap-anywhere mt-1 block">
            {agents?.find(({ id }) => id === agent)?.name ?? agent} ·{' '}
            {connections?.find(({ id }) => id === connection)?.label ?? connection} · <Time at={startedAt} />
          </span>
        </>
      }
      actions={<CancelButton call={call} />}
    />
  )
}
