import { Link } from '@tanstack/react-router'
import { Badge } from '../../kit/badge.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { countOf, type Registration } from './oauth-app.ts'

/** How many names stand in the card. */
const most = 8

/** An OAuth app that serves many apps: which, and the way to set it up. */
export function GuidedCard({ registration, canChange }: { registration: Registration; canChange: boolean }) {
  const { slug, name, providers, apps } = registration
  const more = providers.length - most
  return (
    <Card
      title={name}
      about={`${countOf(providers.length, 'app')}, one OAuth app.`}
      actions={apps > 0 ? <Badge tone="good">{apps === 1 ? 'set up' : `${apps} set up`}</Badge> : undefined}
      className="flex flex-col [&>div:last-child]:flex-1"
    >
      <div className="flex h-full flex-col gap-4">
        <ul aria-label={`What ${name} connects`} className="flex flex-wrap gap-1.5">
          {providers.slice(0, most).map(provider => (
            <li key={provider.slug}>
              <Badge>{provider.name}</Badge>
            </li>
          ))}
          {more > 0 && (
            <li>
              <Badge>and {more} more</Badge>
            </li>
          )}
        </ul>
        <Link
          to="/connections/apps/$slug"
          params={{ slug }}
          className={`${buttonStyle(apps > 0 || !canChange ? 'secondary' : 'primary')} mt-auto self-start`}
        >
          {!canChange ? 'See how it is set up' : apps > 0 ? `Add another for ${name}` : `Set up ${name}`}
        </Link>
      </div>
    </Card>
  )
}
