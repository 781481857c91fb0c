import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { askAll } from '../../api/queries.ts'
import { buttonStyle } from '../../kit/button-style.ts'
import { CodeBlock } from '../../kit/code-block.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'

/** In place of the list before there is any call: what is missing for the first one. */
export function FirstCall() {
  const agents = useQuery(askAll('GET /agents'))
  const connections = useQuery(askAll('GET /connections'))
  if (agents.isPending || connections.isPending) return <SkeletonRows />
  if (connections.data?.items.length === 0)
    return (
      <EmptyState
        icon={Activity}
        title="No calls yet"
        action={
          <Link to="/connections" className={buttonStyle('primary')}>
            Connect an app
          </Link>
        }
      >
        Every call of an agent will stand here. First it needs an app that it can use.
      </EmptyState>
    )
  if (!agents.data?.items.some(({ active }) => active))
    return (
      <EmptyState
        icon={Activity}
        title="No calls yet"
        action={
          <Link to="/agents" className={buttonStyle('primary')}>
            Let an agent in
          </Link>
        }
      >
        Every call will stand here. An app is connected; now let an agent in that uses it.
      </EmptyState>
    )
  return (
    <EmptyState
      icon={Activity}
      title="No calls yet"
      action={
        <div className="w-full max-w-xl text-left">
          <CodeBlock text={'Search ClawLink’s tools for one that\nonly reads, and call it.'} label="first request" />
        </div>
      }
    >
      All is ready. Ask your agent for something, and its call will stand here:
    </EmptyState>
  )
}
