import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { askAll } from '../../api/queries.ts'
import type { Item } from '../../api/send.ts'
import { Avatar } from '../../kit/avatar.tsx'
import { Badge } from '../../kit/badge.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { Time } from '../../kit/time.tsx'

const shown = 5

/** The agents that work here, those used last first; nothing while there are none. */
export function AgentsCard() {
  const agents = useQuery(askAll('GET /agents'))
  const items = (agents.data?.items ?? []).filter(({ active }) => active).map(withLastUse)
  if (items.length === 0) return null
  items.sort((a, b) => (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''))
  return (
    <Card
      title="Agents"
      actions={
        <Link to="/agents" className={buttonStyle('secondary', 'small')}>
          All agents
        </Link>
      }
      flush
    >
      <List label="Agents">
        {items.slice(0, shown).map(({ id, name, keys, lastUsedAt }) => (
          <ListRow
            key={id}
            lead={<Avatar name={name} />}
            title={name}
            about={
              lastUsedAt ? (
                <>
                  Used <Time at={lastUsedAt} />
                </>
              ) : (
                'Not used yet'
              )
            }
            actions={
              keys.some(({ state, environment }) => state === 'active' && environment === 'test') && <Badge>test</Badge>
            }
          />
        ))}
      </List>
    </Card>
  )
}

function withLastUse(agent: Item<'GET /agents'>) {
  const times = agent.keys.flatMap(({ lastUsedAt }) => lastUsedAt ?? []).sort()
  return { ...agent, lastUsedAt: times.at(-1) }
}
