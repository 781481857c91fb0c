import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { Note } from '../../kit/note.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { ConnectNow } from './connect-now.tsx'
import { type Added, countOf, isGuided, type Registration } from './oauth-app.ts'
import { PlainSteps } from './plain-steps.tsx'
import { Serves } from './serves.tsx'
import { generalWarnings } from './warnings.ts'
import { Wizard } from './wizard.tsx'

/** How one kind of OAuth app is registered at its provider and brought here. */
export function RegistrationPage() {
  const { slug } = useParams({ from: '/signed-in/framed/connections/apps/$slug' })
  const { data, error, isPending } = useQuery(ask('GET /oauth-apps/registrations'))
  const registration = data?.items.find(each => each.slug === slug)
  if (registration) return <Loaded key={slug} registration={registration} />
  return (
    <Page title="OAuth app" about={<AllApps />}>
      {isPending && (
        <Card flush>
          <SkeletonRows rows={5} />
        </Card>
      )}
      {error && <ProblemNote problem={error} />}
      {data && <Note title="Nothing here needs this OAuth app.">The link may be old, or mistyped.</Note>}
    </Page>
  )
}

function AllApps() {
  return (
    <Link to="/connections/apps" className="underline">
      All OAuth apps
    </Link>
  )
}

function Loaded({ registration }: { registration: Registration }) {
  const canChange = useIsAdmin()
  const [added, setAdded] = useState<Added>()
  const { name, console, providers } = registration
  const guided = isGuided(registration)
  const serves = guided || registration.apps > 0
  const general = generalWarnings(registration)
  const hasAside = serves || general.length > 0
  const Steps = guided ? Wizard : PlainSteps
  return (
    <Page
      title={`Set up ${name}`}
      about={
        <>
          {guided ? `One OAuth app at ${name} connects ${countOf(providers.length, 'app')}. ` : ''}
          <AllApps />
        </>
      }
      actions={
        console && (
          <a href={console} target="_blank" rel="noreferrer" className={buttonStyle()}>
            Open {name}’s console
            <ExternalLink aria-hidden />
          </a>
        )
      }
    >
      {added ? (
        <ConnectNow added={added} registration={registration} onAnother={() => setAdded(undefined)} />
      ) : (
        <div className={hasAside ? 'grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]' : 'max-w-3xl'}>
          <Steps registration={registration} canChange={canChange} onAdded={setAdded} />
          <aside aria-label="Good to know" className="flex min-w-0 flex-col gap-4 empty:hidden">
            {serves && <Serves registration={registration} />}
            {general.map(({ title, text }) => (
              <Note key={title} tone="warn" title={title}>
                {text}
              </Note>
            ))}
          </aside>
        </div>
      )}
    </Page>
  )
}
