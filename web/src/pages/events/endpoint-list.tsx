import { useQuery } from '@tanstack/react-query'
import { Plus, Webhook } from 'lucide-react'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { List } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { AddEndpoint } from './add-endpoint.tsx'
import { EndpointRow } from './endpoint-row.tsx'

/** The URLs that are told of events. */
export function EndpointList() {
  const isAdmin = useIsAdmin()
  const { data, error, isPending } = useQuery(ask('GET /endpoints'))
  const [adding, setAdding] = useState(false)
  const add = (
    <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
      Add endpoint
    </Button>
  )
  return (
    <>
      {error && <ProblemNote problem={error} />}
      <Card
        title="Endpoints"
        about="URLs of your programs. Each is told by a signed request, as Standard Webhooks lays it out."
        actions={isAdmin && data && data.items.length > 0 && add}
        flush
      >
        {isPending && <SkeletonRows rows={2} />}
        {data && data.items.length === 0 && (
          <EmptyState icon={Webhook} title="No program is told of events" action={isAdmin && add}>
            {isAdmin
              ? 'Add the URL of one, and it hears of each event within seconds instead of asking again and again.'
              : 'An owner or admin can add the URL of one.'}
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <List label="Endpoints">
            {data.items.map(endpoint => (
              <EndpointRow key={endpoint.id} endpoint={endpoint} canChange={isAdmin} />
            ))}
          </List>
        )}
      </Card>
      {adding && <AddEndpoint onClose={() => setAdding(false)} />}
    </>
  )
}
