import type { ReactNode } from 'react'
import { Badge } from '../../kit/badge.tsx'
import { TimeLeft } from '../../scope/time-left.tsx'
import { useMe } from '../../session/use-me.ts'
import type { Opened } from './session.ts'

/** Who asks for the connection and where it will belong. What an agent says of itself stands apart. */
export function AskedFor({ session }: { session: Opened }) {
  const { askedBy, environment, expiresAt, label, reconnects, scopes, workspace } = session
  const { person } = useMe()
  const isAgent = askedBy.kind === 'agent'
  return (
    <section aria-label="What is asked for" className="flex flex-col gap-4 border-line border-b pb-5">
      {isAgent && (
        <div className="rounded-lg border border-edge border-dashed p-3.5">
          <p className="mb-2 font-medium text-soft text-xs">An agent asks for this. Nobody has checked what it says.</p>
          <Lines>
            <Line term="Agent">“{askedBy.name}”</Line>
            {label && <Line term="Its label">“{label}”</Line>}
            {scopes.length > 0 && <Line term="Scopes">{scopes.join(', ')}, besides the usual ones</Line>}
          </Lines>
        </div>
      )}
      {!isAgent && askedBy.name !== person.name && <p className="text-sm">{askedBy.name}, a member, asks for this.</p>}
      {reconnects && (
        <p className="wrap-anywhere text-sm">
          It connects “{reconnects.label}” again, the account {reconnects.account.label}. It stays the same connection.
        </p>
      )}
      <p className="flex flex-wrap items-baseline gap-x-1.5 gap-y-1 text-sm">
        For <Badge tone={environment === 'test' ? 'warn' : 'plain'}>{environment}</Badge> calls in the workspace
        <span className="wrap-anywhere min-w-0 font-medium">{workspace.name}</span>
        <span className="ml-auto text-faint">
          <TimeLeft until={expiresAt} /> left
        </span>
      </p>
    </section>
  )
}

/** Facts beside their names, also in a narrow window. */
function Lines({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[5.5rem_1fr] gap-x-3 gap-y-1.5 text-sm">{children}</dl>
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-faint">{term}</dt>
      <dd className="wrap-anywhere min-w-0">{children}</dd>
    </div>
  )
}
