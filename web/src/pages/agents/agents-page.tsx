import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeyRound, TabletSmartphone } from 'lucide-react'
import { askAll } from '../../api/queries.ts'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { namesOf } from '../../scope/choices.ts'
import { useChoices } from '../../scope/use-choices.ts'
import { byState } from './agent.ts'
import { AgentCard } from './agent-card.tsx'
import { Ended } from './ended.tsx'
import { WaysIn } from './ways-in.tsx'

/** Everything that may act here without a person: each agent with its keys, and how to let another one in. */
export function AgentsPage() {
  const { data, error, isPending } = useQuery(askAll('GET /agents'))
  const { choices } = useChoices()
  const names = namesOf(choices ?? { providers: [], connections: [] })
  const { active, ended } = byState(data?.items ?? [], agent => agent.active)
  return (
    <Page
      title="Agents"
      about="What acts here without you: each agent, its keys, and what they may do."
      actions={
        <>
          <Link to="/pair" className={buttonStyle('secondary')}>
            <TabletSmartphone aria-hidden />
            Enter a code
          </Link>
          <Link to="/agents/new" className={buttonStyle('primary')}>
            <KeyRound aria-hidden />
            Make a key
          </Link>
        </>
      }
    >
      {error && <ProblemNote problem={error} />}
      {isPending && (
        <Card flush>
          <SkeletonRows />
        </Card>
      )}
      {active.map(agent => (
        <AgentCard key={agent.id} agent={agent} names={names} />
      ))}
      {data && <WaysIn isFirst={active.length === 0} />}
      {ended.length > 0 && (
        <Ended what={ended.length === 1 ? '1 agent without a key' : `${ended.length} agents without a key`}>
          <div className="flex flex-col gap-4">
            {ended.map(agent => (
              <AgentCard key={agent.id} agent={agent} names={names} />
            ))}
          </div>
        </Ended>
      )}
    </Page>
  )
}
