import { useQuery } from '@tanstack/react-query'
import { Search, SearchX } from 'lucide-react'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Input } from '../../kit/input.tsx'
import { Note } from '../../kit/note.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { AppList } from './app-list.tsx'
import { GuidedCard } from './guided-card.tsx'
import { isGuided, isMeant } from './oauth-app.ts'
import { PlainRegistrations } from './plain-registrations.tsx'

/** The OAuth apps of the workspace, and every kind that can be registered; those that serve many providers first. */
export function OAuthAppsPage() {
  const isAdmin = useIsAdmin()
  const apps = useQuery(ask('GET /oauth-apps'))
  const registrations = useQuery(ask('GET /oauth-apps/registrations'))
  const [text, setText] = useState('')
  const problem = apps.error ?? registrations.error
  const meant = registrations.data?.items.filter(each => isMeant(each, text)) ?? []
  const guided = meant.filter(isGuided).toSorted((a, b) => b.providers.length - a.providers.length)
  const plain = meant.filter(each => !isGuided(each))
  return (
    <Page
      title="OAuth apps"
      about="Where people connect by signing in, the provider wants to know who asks: an OAuth app that you register there once, and that is yours alone."
    >
      {problem && <ProblemNote problem={problem} />}
      {!isAdmin && (
        <Note title="Owners and admins look after these.">
          You can connect with every OAuth app that is here. To add or change one, ask an owner or admin.
        </Note>
      )}
      {apps.data && apps.data.items.length > 0 && <AppList apps={apps.data.items} canChange={isAdmin} />}
      {registrations.isPending && (
        <Card flush>
          <SkeletonRows rows={4} />
        </Card>
      )}
      {registrations.data && (
        <>
          <div className="relative max-w-sm">
            <Search
              className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 size-4 text-faint"
              aria-hidden
            />
            <Input
              type="search"
              aria-label="Search"
              value={text}
              onChange={event => setText(event.target.value)}
              placeholder="Search for an app or provider"
              className="pl-9"
            />
          </div>
          {guided.length > 0 && (
            <section
              aria-label="One OAuth app for many apps"
              className="grid gap-4 sm:grid-cols-2 lg:grid-cols-[repeat(auto-fit,minmax(17rem,1fr))]"
            >
              {guided.map(each => (
                <GuidedCard key={each.slug} registration={each} canChange={isAdmin} />
              ))}
            </section>
          )}
          {plain.length > 0 && <PlainRegistrations registrations={plain} isAlone={guided.length === 0} />}
          {meant.length === 0 && (
            <Card flush>
              <EmptyState icon={SearchX} title="None of that name">
                An app that connects by a key or token needs no OAuth app, and is not here.
              </EmptyState>
            </Card>
          )}
        </>
      )}
    </Page>
  )
}
