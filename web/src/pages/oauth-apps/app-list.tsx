import { Card } from '../../kit/card.tsx'
import { List } from '../../kit/list.tsx'
import { AppRow } from './app-row.tsx'
import type { OAuthApp } from './oauth-app.ts'

/** The OAuth apps that are there, never with their secrets. */
export function AppList({ apps, canChange }: { apps: readonly OAuthApp[]; canChange: boolean }) {
  const sorted = apps.toSorted(
    (a, b) => a.registrationName.localeCompare(b.registrationName) || Number(b.isDefault) - Number(a.isDefault),
  )
  return (
    <Card title="Your OAuth apps" about="Their secrets are sealed and never shown again." flush>
      <List label="Your OAuth apps">
        {sorted.map(each => (
          <AppRow
            key={each.id}
            app={each}
            canChange={canChange}
            isOnly={!apps.some(other => other.id !== each.id && other.registration === each.registration)}
          />
        ))}
      </List>
    </Card>
  )
}
