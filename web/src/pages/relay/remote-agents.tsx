import { useQuery } from '@tanstack/react-query'
import { ask } from '../../api/queries.ts'
import { Card } from '../../kit/card.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { Time } from '../../kit/time.tsx'

/** Agents of others that tasks can be given to; nothing while there are none. */
export function RemoteAgents() {
  const items = useQuery(ask('GET /relay/agents/remote')).data?.items ?? []
  if (items.length === 0) return null
  return (
    <Card title="Elsewhere" about="Agents that speak A2A. Tasks are given to them by their name." flush>
      <List label="Agents elsewhere">
        {items.map(({ id, name, url, addedAt }) => (
          <ListRow
            key={id}
            title={<span className="wrap-anywhere">{name}</span>}
            about={
              <span className="wrap-anywhere">
                {url} · added <Time at={addedAt} />
              </span>
            }
          />
        ))}
      </List>
    </Card>
  )
}
