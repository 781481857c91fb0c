import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { EffectBadge } from '../../kit/effect-badge.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { pendingApprovals } from '../../session/pending-approvals.ts'

const shown = 3

/** The calls that wait for a decision, the oldest first. */
export function WaitingCard() {
  const pending = useQuery(pendingApprovals())
  if (pending.isPending) {
    return (
      <Card flush>
        <SkeletonRows rows={1} />
      </Card>
    )
  }
  if (pending.error) return <ProblemNote problem={pending.error} />
  const { items } = pending.data
  if (items.length === 0) return <NothingWaits />
  return (
    <Card
      title={items.length === 1 ? 'One call waits for you' : `${items.length} calls wait for you`}
      actions={
        <Link to="/approvals" className={buttonStyle('primary', 'small')}>
          Decide
        </Link>
      }
      flush
    >
      <List label="Calls that wait">
        {items.slice(0, shown).map(({ id, tool, effect, agent, connection, createdAt }) => (
          <ListRow
            key={id}
            title={
              <>
                <Link to="/approvals/$id" params={{ id }} className="font-mono text-sm hover:underline">
                  {tool}
                </Link>
                <EffectBadge effect={effect} />
              </>
            }
            about={
              <>
                {agent.name} · {connection.label} · <Time at={createdAt} />
              </>
            }
          />
        ))}
      </List>
    </Card>
  )
}

function NothingWaits() {
  return (
    <p className="flex items-center gap-2.5 rounded-xl border border-line px-4 py-3 text-soft text-sm sm:px-5">
      <CircleCheck className="size-4 text-good" aria-hidden />
      Nothing waits for your approval.
    </p>
  )
}
