import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { ask, askAll } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { classes } from '../../kit/classes.ts'
import { Count } from '../../kit/count.tsx'
import { Select } from '../../kit/select.tsx'
import { countFilters, type UsageSearch, usageSearch } from './search.ts'
import { Between, TimeFilter } from './time-filter.tsx'
import { ToolFilter } from './tool-filter.tsx'

type Named = { id: string; name: string }

const outcomes: readonly Named[] = [
  { id: 'succeeded', name: 'Succeeded' },
  { id: 'failed', name: 'Failed' },
  { id: 'unknown', name: 'Unknown' },
]
const environments: readonly Named[] = [
  { id: 'live', name: 'Live only' },
  { id: 'test', name: 'Test only' },
]

/** What narrows the list. Each choice is in the address, and starts at the newest again. */
export function Filters({ search }: { search: UsageSearch }) {
  const [open, setOpen] = useState(false)
  const navigate = useNavigate()
  const agents = useQuery(askAll('GET /agents')).data?.items ?? []
  const connections = useQuery(askAll('GET /connections')).data?.items ?? []
  const providers = useQuery(ask('GET /providers')).data?.items ?? []
  const change = (part: Partial<Record<keyof UsageSearch, string>>) => {
    const next = usageSearch({ ...search, before: '', ...part })
    void navigate({ to: '/usage', search: next })
  }
  const count = countFilters(search)
  return (
    <section aria-label="Filters" className="flex flex-col gap-2">
      <Button
        icon={SlidersHorizontal}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="self-start md:hidden"
      >
        Filters
        <Count value={count} of="set" />
      </Button>
      <div className={classes('grid grid-cols-2 gap-2 md:grid-cols-4', !open && 'max-md:hidden')}>
        <TimeFilter search={search} onChange={change} />
        <Choice
          label="Outcome"
          all="Any outcome"
          value={search.outcome}
          options={outcomes}
          onChange={outcome => change({ outcome })}
        />
        <Choice
          label="Agent"
          all="All agents"
          value={search.agent}
          options={agents}
          onChange={agent => change({ agent })}
        />
        <Choice
          label="App"
          all="All apps"
          value={search.provider}
          options={providers.map(({ slug, name }) => ({ id: slug, name }))}
          onChange={provider => change({ provider })}
        />
        <ToolFilter search={search} onChange={tool => change({ tool })} />
        <Choice
          label="Account"
          all="All accounts"
          value={search.connection}
          options={connections.map(({ id, label, provider }) => ({ id, name: `${label} (${provider})` }))}
          onChange={connection => change({ connection })}
        />
        <Choice
          label="Environment"
          all="Live and test"
          value={search.environment}
          options={environments}
          onChange={environment => change({ environment })}
        />
        {count > 0 && (
          <Link to="/usage" className={classes(buttonStyle('quiet'), 'justify-self-start')}>
            Clear filters
          </Link>
        )}
        <Between search={search} onChange={change} />
      </div>
    </section>
  )
}

function Choice({
  label,
  all,
  value = '',
  options,
  onChange,
}: {
  label: string
  all: string
  value: string | undefined
  options: readonly Named[]
  onChange(value: string): void
}) {
  // What is not there any more can still be asked for: its calls are.
  const gone = value && !options.some(({ id }) => id === value) ? [{ id: value, name: value }] : []
  return (
    <Select
      aria-label={label}
      value={value}
      onChange={event => onChange(event.target.value)}
      options={[
        { value: '', label: all },
        ...[...options, ...gone].map(option => ({ value: option.id, label: option.name })),
      ]}
    />
  )
}
