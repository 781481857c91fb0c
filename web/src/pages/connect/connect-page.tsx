import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Problem } from '../../api/problem.ts'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { AskedFor } from './asked-for.tsx'
import { EndedSession } from './ended-session.tsx'
import { openSession } from './session.ts'
import { markPopup } from './tell-opener.ts'
import { Ways } from './ways.tsx'

/** One app that wants to be connected: who asks, for what, and the ways to do it. */
export function ConnectPage() {
  const { id } = useParams({ from: '/signed-in/connect/$id' })
  useEffect(markPopup, [])
  const { data: session, error } = useQuery(openSession(id))
  if (error) return <NotOpened problem={error} />
  if (!session)
    return (
      <Panel title="Connect an app" wide>
        <SkeletonRows />
      </Panel>
    )
  if (session.state !== 'awaiting_user') return <EndedSession session={session} />
  const { provider, reconnects } = session
  return (
    <Panel
      wide
      title={reconnects ? `Reconnect ${provider.name}` : `Connect ${provider.name}`}
      about={provider.about}
      below="What you give here goes to ClawLink alone and is kept encrypted. No agent ever sees it."
    >
      <AskedFor session={session} />
      <Ways session={session} />
    </Panel>
  )
}

function NotOpened({ problem }: { problem: Problem }) {
  const title = problem.code === 'forbidden' ? 'Used from another browser' : 'This link leads nowhere'
  return (
    <Panel title={problem.code === 'unreachable' ? 'No answer' : title}>
      <ProblemNote problem={problem} />
      <Link to="/connections" className={buttonStyle('secondary')}>
        See your connections
      </Link>
    </Panel>
  )
}
