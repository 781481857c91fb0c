import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { askAll } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { states } from '../connections/connection.ts'

/** The connections that a person has to reconnect; nothing while there are none. */
export function RepairsCard() {
  const { data } = useQuery(askAll('GET /connections'))
  const broken = data?.items.filter(({ state }) => states[state].repair === 'reconnect') ?? []
  if (broken.length === 0) return null
  return (
    <Card
      title={broken.length === 1 ? 'One connection needs you' : `${broken.length} connections need you`}
      actions={
        <Link to="/connections" className={buttonStyle('secondary', 'small')}>
          All connections
        </Link>
      }
      flush
    >
      <List label="Connections that need you">
        {broken.map(({ id, label, state }) => (
          <ListRow
            key={id}
            title={
              <>
                <Link to="/connections" search={{ reconnect: id }} className="hover:underline">
                  {label}
                </Link>
                <Badge tone={states[state].tone} icon={states[state].icon}>
                  {states[state].word}
                </Badge>
              </>
            }
            about={states[state].meaning}
          />
        ))}
      </List>
    </Card>
  )
}
