import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { Badge } from '../../kit/badge.tsx'
import { Card } from '../../kit/card.tsx'
import type { Registration } from './oauth-app.ts'

/** The OAuth apps that serve one provider each. */
export function PlainRegistrations({
  registrations,
  isAlone,
}: {
  registrations: readonly Registration[]
  isAlone: boolean
}) {
  return (
    <Card title={isAlone ? 'Providers' : 'Other providers'} about="Each has an OAuth app of its own." flush>
      <ul
        aria-label="Providers"
        className="grid gap-px overflow-hidden rounded-b-xl bg-line sm:grid-cols-2 lg:grid-cols-3 [&>li]:bg-card"
      >
        {registrations.map(({ slug, name, apps }) => (
          <li key={slug}>
            <Link
              to="/connections/apps/$slug"
              params={{ slug }}
              className="flex h-full items-center gap-2 px-4 py-3 font-medium text-sm hover:bg-hover focus-visible:-outline-offset-2 sm:px-5"
            >
              <span className="min-w-0 flex-1 truncate">{name}</span>
              {apps > 0 && <Badge tone="good">{apps === 1 ? 'set up' : `${apps} set up`}</Badge>}
              <ChevronRight className="size-4 shrink-0 text-faint" aria-hidden />
            </Link>
          </li>
        ))}
        {[...'xx'].map((_, index) => (
          // Without them the last row would show the grid's own colour where nothing stands.
          // biome-ignore lint/suspicious/noArrayIndexKey: they do not move
          <li key={index} aria-hidden className="max-sm:hidden" />
        ))}
      </ul>
    </Card>
  )
}
