import { useNavigate, useSearch } from '@tanstack/react-router'
import { Page } from '../../kit/page.tsx'
import { Tabs } from '../../kit/tabs.tsx'
import { DeliveryList } from './delivery-list.tsx'
import { EndpointList } from './endpoint-list.tsx'
import { EventList } from './event-list.tsx'

/** What happened in the workspace, who is told of it, and how that went. */
export function EventsPage() {
  const { view = 'events' } = useSearch({ from: '/signed-in/framed/events' })
  const navigate = useNavigate()
  return (
    <Page title="Events" about="What happened here, the endpoints that are told of it, and every delivery to them.">
      <Tabs
        label="Views"
        value={view}
        onChange={chosen => void navigate({ to: '/events', search: { view: chosen } })}
        tabs={[
          { value: 'events', label: 'What happened', content: <EventList /> },
          { value: 'endpoints', label: 'Endpoints', content: <EndpointList /> },
          { value: 'deliveries', label: 'Deliveries', content: <DeliveryList /> },
        ]}
      />
    </Page>
  )
}
