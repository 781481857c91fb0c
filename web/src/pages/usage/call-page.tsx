import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ask } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { Note } from '../../kit/note.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { AllCalls } from './all-calls.tsx'
import { agentOf, type Call, type CallState, toneOf } from './call.ts'
import { CallFacts } from './call-facts.tsx'
import { OpenCall } from './open-call.tsx'

/** One call: how far it is or, once it has ended, all that is known about it; when it went wrong, why and what to do. */
export function CallPage() {
  const { callId } = useParams({ from: '/signed-in/framed/usage/$callId' })
  const { data, error, isPending } = useQuery({
    ...ask('GET /calls/{id}', { params: { id: callId } }),
    refetchInterval: query => (query.state.data && query.state.data.state !== 'ended' ? 1000 : false),
  })
  if (isPending)
    return (
      <Card flush>
        <SkeletonRows rows={6} />
      </Card>
    )
  if (!data)
    return (
      <Page title="A call" about={<AllCalls />}>
        <ProblemNote problem={error} />
      </Page>
    )
  return data.usage ? <Ended call={data.usage} state={data} /> : <OpenCall call={data} />
}

function Ended({ call, state }: { call: Call; state: CallState }) {
  return (
    <Page
      title={`A call of ${agentOf(call)}`}
      about={<AllCalls />}
      actions={
        <span className="flex items-center gap-1.5">
          {call.environment === 'test' && <Badge>test</Badge>}
          <Badge tone={toneOf(call.outcome)}>{call.outcome}</Badge>
        </span>
      }
    >
      {call.outcome !== 'succeeded' && <WhatWentWrong call={call} state={state} />}
      <Card>
        <CallFacts call={call} />
      </Card>
      <nav aria-label="Calls like this" className="flex flex-wrap gap-2">
        <Link to="/usage" search={{ agent: call.agentId }} className={buttonStyle('secondary', 'small')}>
          All calls of this agent
        </Link>
        <Link to="/usage" search={{ tool: call.tool }} className={buttonStyle('secondary', 'small')}>
          All calls of this tool
        </Link>
        {call.connectionId && (
          <Link to="/usage" search={{ connection: call.connectionId }} className={buttonStyle('secondary', 'small')}>
            All calls on this account
          </Link>
        )}
      </nav>
    </Page>
  )
}

/** Why it did not succeed. The words that the call itself got are kept only of calls that were approved, for a day. */
function WhatWentWrong({ call: { outcome, code, problem }, state }: { call: Call; state: CallState }) {
  const told = state.problem
  return (
    <Note tone={outcome === 'unknown' ? 'warn' : 'bad'} title={told?.title ?? problem?.title ?? 'It did not succeed'}>
      {told && <p>{told.detail}</p>}
      <p>
        <span className="font-medium text-ink">The agent was told: </span>
        {told?.fix ?? problem?.fix ?? 'no more is known.'}
      </p>
      {code && <p className="mt-1 font-mono text-xs">{code}</p>}
    </Note>
  )
}
