import { Page } from '../../kit/page.tsx'
import { useMe } from '../../session/use-me.ts'
import { AgentsCard } from './agents-card.tsx'
import { GettingStarted } from './getting-started.tsx'
import { RepairsCard } from './repairs-card.tsx'
import { WaitingCard } from './waiting-card.tsx'

/** What needs you, who works here, and what is still to be set up. */
export function HomePage() {
  const { person } = useMe()
  return (
    <Page title={`Hello, ${person.name.split(' ', 1)[0]}`} about="What needs you, and what your agents do.">
      <WaitingCard />
      <RepairsCard />
      <GettingStarted />
      <AgentsCard />
    </Page>
  )
}
