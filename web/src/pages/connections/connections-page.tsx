import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plug } from 'lucide-react'
import { ask, askAll } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { ConnectDialog } from './connect-dialog.tsx'
import { ConnectingDialog } from './connecting-dialog.tsx'
import { byProvider } from './connection.ts'
import { recheckAfterMs } from './paused.ts'
import { startersOf } from './provider.ts'
import { ProviderCard } from './provider-card.tsx'
import { ProviderPicker } from './provider-picker.tsx'
import { ReconnectDialog } from './reconnect-dialog.tsx'
import { useConnecting, type Wish } from './use-connecting.ts'

/** Every account that agents may act through, and the way to connect another one. */
export function ConnectionsPage() {
  const { connect, reconnect } = useSearch({ from: '/signed-in/framed/connections' })
  const navigate = useNavigate()
  const connections = useQuery({
    ...askAll('GET /connections'),
    refetchInterval: ({ state }) => recheckAfterMs(state.data?.items),
  })
  const providers = useQuery(ask('GET /providers'))
  const connecting = useConnecting()
  const problem = connections.error ?? providers.error
  const names = new Map(providers.data?.items.map(({ slug, name }) => [slug, name]))
  const nameOf = (slug: string) => names.get(slug) ?? slug
  const closeDialog = () => void navigate({ to: '/connections', replace: true, resetScroll: false })
  const start = (wish: Wish) => {
    connecting.start(wish)
    closeDialog()
  }
  const items = connections.data?.items
  const toReconnect = items?.find(({ id }) => id === reconnect)
  return (
    <Page title="Connections" about="The accounts that your agents work with. No agent ever sees a credential.">
      {problem && <ProblemNote problem={problem} />}
      {items?.length === 0 && (
        <Card flush>
          <EmptyState
            icon={Plug}
            title="Nothing is connected yet"
            action={startersOf(providers.data?.items ?? []).map(({ slug, name }, index) => (
              <Button
                key={slug}
                look={index === 0 ? 'primary' : 'secondary'}
                onClick={() => start({ provider: slug, environment: 'live' })}
              >
                Connect {name}
              </Button>
            ))}
          >
            Connect an app once, and every agent that you let can use its tools. Begin with one that needs no
            preparation, or search for yours below.
          </EmptyState>
        </Card>
      )}
      {providers.data && <ProviderPicker providers={providers.data.items} isFirst={items?.length === 0} />}
      {!problem && !(items && providers.data) && (
        <Card flush>
          <SkeletonRows />
        </Card>
      )}
      {items &&
        byProvider(items, nameOf).map(group => <ProviderCard key={group.slug} group={group} onReconnect={start} />)}
      {connect !== undefined && <ConnectDialog key={connect} slug={connect} onStart={start} onClose={closeDialog} />}
      {reconnect !== undefined && items && (
        <ReconnectDialog
          connection={toReconnect}
          name={nameOf(toReconnect?.provider ?? '')}
          onStart={start}
          onClose={closeDialog}
        />
      )}
      <ConnectingDialog connecting={connecting} name={nameOf(connecting.wish?.provider ?? '')} />
    </Page>
  )
}
