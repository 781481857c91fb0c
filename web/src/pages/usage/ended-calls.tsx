import { Link } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { CallList } from './call-list.tsx'
import { CallTable } from './call-table.tsx'
import { Filters } from './filters.tsx'
import { FirstCall } from './first-call.tsx'
import { countFilters, type UsageSearch } from './search.ts'
import { Summary } from './summary.tsx'
import { useCalls } from './use-usage.ts'

/** Every call that has ended, newest first. The address says which: filters and the place in the list survive a reload. */
export function EndedCalls({ search }: { search: UsageSearch }) {
  const { data, error, isPending, isPlaceholderData } = useCalls(search)
  const isNothingYet = data?.items.length === 0 && countFilters(search) === 0 && !search.before
  return (
    <div className="flex flex-col gap-6">
      {!isNothingYet && <Filters search={search} />}
      {!isNothingYet && <Summary search={search} />}
      {error && <ProblemNote problem={error} />}
      <Card flush className={isPlaceholderData ? 'opacity-60 transition-opacity' : ''}>
        {isPending && <SkeletonRows rows={8} />}
        {isNothingYet && <FirstCall />}
        {data && !isNothingYet && data.items.length === 0 && <NoneFit search={search} next={data.next} />}
        {data && data.items.length > 0 && (
          <>
            <CallTable calls={data.items} />
            <CallList calls={data.items} />
          </>
        )}
      </Card>
      {data && !isNothingYet && <Pages search={search} next={data.next} />}
    </div>
  )
}

function NoneFit({ search, next }: { search: UsageSearch; next: string | null }) {
  const further = next !== null
  return (
    <EmptyState
      icon={SearchX}
      title={further ? 'None among these' : search.before ? 'None before these' : 'No call fits'}
      action={
        further ? (
          <Link to="/usage" search={{ ...search, before: next }} className={buttonStyle('primary')}>
            Look further back
          </Link>
        ) : (
          <Link to="/usage" className={buttonStyle()}>
            Show all calls
          </Link>
        )
      }
    >
      {further
        ? 'A filter looks through many calls, but not all of them at once. There are older ones.'
        : 'What you filter by leaves nothing to show.'}
    </EmptyState>
  )
}

function Pages({ search, next }: { search: UsageSearch; next: string | null }) {
  const { before, ...newest } = search
  if (!before && !next) return null
  return (
    <nav aria-label="Pages" className="flex gap-2">
      {before && (
        <Link to="/usage" search={newest} className={buttonStyle()}>
          Newest
        </Link>
      )}
      {next && (
        <Link to="/usage" search={{ ...newest, before: next }} className={buttonStyle()}>
          Older
        </Link>
      )}
    </nav>
  )
}
