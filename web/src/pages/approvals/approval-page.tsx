import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ask } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { Card } from '../../kit/card.tsx'
import { EffectBadge } from '../../kit/effect-badge.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { Fact, Facts } from '../../scope/fact.tsx'
import { type ApprovalDetail, stateLook } from './approval.ts'
import { Decide } from './decide.tsx'
import { Decided } from './decided.tsx'
import { ExactRequest } from './exact-request.tsx'

/** One call that waits: who asks, for what, on which account, and exactly what would be sent. */
export function ApprovalPage() {
  const { id } = useParams({ from: '/signed-in/framed/approvals/$id' })
  const { data, error, isPending } = useQuery({
    ...ask('GET /approvals/{id}', { params: { id } }),
    refetchInterval: query => (query.state.data?.state === 'pending' ? 5000 : false),
  })
  if (isPending) return <SkeletonRows rows={5} />
  if (!data)
    return (
      <Page title="A call" about={<AllApprovals />}>
        <ProblemNote problem={error} />
      </Page>
    )
  return <Loaded approval={data} />
}

function Loaded({ approval }: { approval: ApprovalDetail }) {
  const { agent, state, digest } = approval
  const look = stateLook[state]
  return (
    <Page
      title={`A call of ${agent.name}`}
      about={<AllApprovals />}
      actions={<Badge tone={look.tone}>{look.label}</Badge>}
    >
      <CallFacts approval={approval} />
      <ExactRequest approval={approval} />
      {state === 'pending' ? <Decide approval={approval} /> : <Decided approval={approval} />}
      <p className="text-faint text-xs">
        An approval holds for exactly this call: <code className="break-all font-mono">{digest}</code>
      </p>
    </Page>
  )
}

function AllApprovals() {
  return (
    <Link to="/approvals" className="underline">
      All approvals
    </Link>
  )
}

function CallFacts({ approval }: { approval: ApprovalDetail }) {
  const { tool, effect, connection, why, rule, state, createdAt, expiresAt } = approval
  const account = connection.account === connection.label ? undefined : connection.account
  return (
    <Card>
      <Facts>
        <Fact term="Tool">
          <span className="flex flex-wrap items-center gap-2">
            <code className="break-all font-mono">{tool}</code> <EffectBadge effect={effect} />
          </span>
        </Fact>
        <Fact term="Account">
          {connection.label} {account && <span className="text-soft">({account})</span>}
        </Fact>
        <Fact term="Why you">
          {rule ? `The rule “${rule}” asks for it.` : 'What destroys needs approval by standard.'}
        </Fact>
        <Fact term="Agent says">
          {why ? (
            <>
              <q className="italic">{why}</q>
              <p className="text-faint text-sm">In the agent’s own words. Nobody has checked them.</p>
            </>
          ) : (
            <span className="text-soft">No reason given.</span>
          )}
        </Fact>
        <Fact term="Asked">
          <Time at={createdAt} />
          {state === 'pending' && (
            <>
              , ends <Time at={expiresAt} />
            </>
          )}
        </Fact>
      </Facts>
    </Card>
  )
}
