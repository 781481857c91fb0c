import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ShieldCheck } from 'lucide-react'
import { ask } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { Card } from '../../kit/card.tsx'
import { EffectBadge } from '../../kit/effect-badge.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Tabs } from '../../kit/tabs.tsx'
import { Time } from '../../kit/time.tsx'
import { type Approval, stateLook } from './approval.ts'

/** An agent waits for what is decided here. */
const askAgainMs = 5000

/** Every call that waits for a person, and what was decided before. */
export function ApprovalsPage() {
  const { view = 'pending' } = useSearch({ from: '/signed-in/framed/approvals' })
  const navigate = useNavigate()
  return (
    <Page
      title="Approvals"
      about="Calls that an agent may not make without you. Each shows exactly what would be sent."
    >
      <Tabs
        label="Which approvals"
        value={view}
        onChange={chosen => void navigate({ to: '/approvals', search: chosen === 'all' ? { view: chosen } : {} })}
        tabs={[
          { value: 'pending', label: 'Waiting', content: <Approvals state="pending" /> },
          { value: 'all', label: 'All', content: <Approvals state="all" /> },
        ]}
      />
    </Page>
  )
}

function Approvals({ state }: { state: 'pending' | 'all' }) {
  const { data, error, isPending } = useQuery({
    ...ask('GET /approvals', { query: { state } }),
    refetchInterval: askAgainMs,
  })
  if (error) return <ProblemNote problem={error} />
  return (
    <Card flush>
      {isPending && <SkeletonRows />}
      {data?.items.length === 0 && (
        <EmptyState
          icon={ShieldCheck}
          title={state === 'pending' ? 'Nothing waits for you' : 'No call has needed approval yet'}
        >
          Calls that delete or pay, and those that a rule names, wait here until a member decides.
        </EmptyState>
      )}
      {data && data.items.length > 0 && (
        <List label="Approvals">
          {data.items.map(approval => (
            <ApprovalRow key={approval.id} approval={approval} isMixed={state === 'all'} />
          ))}
        </List>
      )}
    </Card>
  )
}

/** @param props `isMixed`: the list has some that are decided, so each says how it stands */
function ApprovalRow({ approval, isMixed }: { approval: Approval; isMixed: boolean }) {
  const { id, agent, tool, effect, connection, why, state, createdAt, expiresAt } = approval
  const look = stateLook[state]
  return (
    <ListRow
      title={
        <>
          <Link to="/approvals/$id" params={{ id }} className="hover:underline">
            {agent.name} <span className="font-normal text-soft">wants</span>{' '}
            <code className="font-mono text-sm">{tool}</code>
          </Link>
          <EffectBadge effect={effect} />
          {isMixed && <Badge tone={look.tone}>{look.label}</Badge>}
        </>
      }
      about={
        <>
          on {connection.label} · asked <Time at={createdAt} />
          {state === 'pending' && (
            <>
              {' '}
              · ends <Time at={expiresAt} />
            </>
          )}
          {why && <span className="mt-1 line-clamp-2 italic">“{why}”</span>}
        </>
      }
    />
  )
}
