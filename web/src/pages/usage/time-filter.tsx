import { useId } from 'react'
import { Input } from '../../kit/input.tsx'
import { Select } from '../../kit/select.tsx'
import { isoOf, localTimeOf } from './local-time.ts'
import type { UsageSearch } from './search.ts'

const ranges = [
  { value: '', label: 'Any time' },
  { value: 'hour', label: 'Last hour' },
  { value: 'day', label: 'Last 24 hours' },
  { value: 'week', label: 'Last 7 days' },
  { value: 'month', label: 'Last 30 days' },
  { value: 'between', label: 'Between…' },
]
const dayMs = 86_400_000

type Props = {
  search: UsageSearch
  onChange(part: { last: string; since: string; until: string }): void
}

const isBetween = ({ since, until }: UsageSearch) => since !== undefined || until !== undefined

/** When the calls were made: a range that ends now, or between two times that are chosen in Between. */
export function TimeFilter({ search, onChange }: Props) {
  const choose = (range: string) => {
    const start = range === 'between' ? new Date(Date.now() - dayMs).toISOString() : ''
    onChange({ last: range === 'between' ? '' : range, since: start, until: '' })
  }
  return (
    <Select
      aria-label="Time"
      value={isBetween(search) ? 'between' : (search.last ?? '')}
      options={ranges}
      onChange={event => choose(event.target.value)}
    />
  )
}

/** The two times, in the reader's own zone; nothing while the range is another one. */
export function Between({ search, onChange }: Props) {
  const { since = '', until = '' } = search
  if (!isBetween(search)) return null
  return (
    <div className="order-last col-span-full flex flex-wrap gap-x-4 gap-y-2">
      <Moment label="From" value={since} onChange={at => onChange({ last: '', since: at, until })} />
      <Moment label="Until" value={until} onChange={at => onChange({ last: '', since, until: at })} />
    </div>
  )
}

function Moment({ label, value, onChange }: { label: string; value: string; onChange(iso: string): void }) {
  const id = useId()
  return (
    <div className="flex min-w-0 items-center gap-2 text-faint text-sm max-sm:w-full">
      <label htmlFor={id} className="w-9 shrink-0">
        {label}
      </label>
      <Input
        id={id}
        type="datetime-local"
        value={localTimeOf(value)}
        onChange={event => onChange(isoOf(event.target.value))}
      />
    </div>
  )
}
