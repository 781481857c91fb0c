import type { ReactNode } from 'react'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { Time } from '../../kit/time.tsx'
import { durationText, shareText } from './amounts.ts'
import type { UsageSearch } from './search.ts'
import { useSummary } from './use-usage.ts'

const whole = new Intl.NumberFormat('en')

/** What the calls that are shown come to. */
export function Summary({ search }: { search: UsageSearch }) {
  const { data, error } = useSummary(search)
  if (error) return <ProblemNote problem={error} />
  const duration = (ms: number | null | undefined) => (ms === null ? '–' : ms !== undefined && durationText(ms))
  return (
    <section aria-label="Summary" className="flex flex-col gap-2">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line shadow-card lg:grid-cols-4">
        <Figure term="Calls">{data && whole.format(data.calls)}</Figure>
        <Figure term="Succeeded" more={data && unsuccessful(data)}>
          {data && shareText(data.succeeded, data.calls)}
        </Figure>
        <Figure term="Half within">{duration(data?.p50Ms)}</Figure>
        <Figure term="95 % within">{duration(data?.p95Ms)}</Figure>
      </dl>
      {data?.reachesBackTo && (
        <p className="text-faint text-sm">
          Of the newest 10,000 calls, which reach back to <Time at={data.reachesBackTo} />.
        </p>
      )}
    </section>
  )
}

function Figure({ term, more, children }: { term: string; more?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-19 flex-col bg-card px-4 py-3 sm:px-5">
      <dt className="text-faint text-xs">{term}</dt>
      <dd className="mt-0.5 flex flex-wrap items-baseline gap-x-2 font-semibold text-xl tabular-nums tracking-tight">
        {children}
        {more && <span className="font-normal text-faint text-xs tracking-normal">{more}</span>}
      </dd>
    </div>
  )
}

function unsuccessful({ failed, unknown }: { failed: number; unknown: number }): string {
  const parts = [failed && `${whole.format(failed)} failed`, unknown && `${whole.format(unknown)} unknown`]
  return parts.filter(Boolean).join(', ')
}
