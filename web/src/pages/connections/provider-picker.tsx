import { Link } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useId, useState } from 'react'
import { Avatar } from '../../kit/avatar.tsx'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { Checkbox } from '../../kit/checkbox.tsx'
import { Input } from '../../kit/input.tsx'
import { findProviders, isTokenFirst, type Provider, startersOf } from './provider.ts'

/** As many as are shown before somebody searches. */
const fewFirst = 6

/**
 * Every provider there is, to find one and connect it.
 * @param props `isFirst` shows some before anybody searches
 */
export function ProviderPicker({ providers, isFirst }: { providers: readonly Provider[]; isFirst: boolean }) {
  const [sought, seek] = useState('')
  const [tokenOnly, setTokenOnly] = useState(false)
  const [all, showAll] = useState(false)
  const listId = useId()
  const found = findProviders(providers, { sought, tokenOnly })
  const isWhole = all || sought !== '' || tokenOnly
  const shown = isWhole ? found : isFirst ? startersOf(providers, fewFirst) : []
  return (
    <Card title="Connect an app">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <div className="relative min-w-0 flex-1 basis-64">
            <Search
              className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint"
              aria-hidden
            />
            <Input
              type="search"
              aria-label="Search apps"
              aria-controls={listId}
              placeholder={`Search ${providers.length} apps by name or what they are for`}
              value={sought}
              onChange={event => seek(event.target.value)}
              className="pl-9"
            />
          </div>
          <Checkbox
            label="Needs no OAuth app"
            checked={tokenOnly}
            onChange={event => setTokenOnly(event.target.checked)}
          />
        </div>
        <ul id={listId} aria-label="Apps" className="grid gap-3 empty:hidden sm:grid-cols-2">
          {shown.map(provider => (
            <li key={provider.slug} className="min-w-0">
              <ProviderTile provider={provider} />
            </li>
          ))}
        </ul>
        <p role="status" className="text-soft text-sm empty:hidden">
          {found.length === 0 && 'No app fits. ClawLink reads names, categories and descriptions.'}
        </p>
        {shown.length < found.length && (
          <Button look="quiet" size="small" className="-ml-2.5 self-start" onClick={() => showAll(true)}>
            Show all {found.length} apps
          </Button>
        )}
      </div>
    </Card>
  )
}

function ProviderTile({ provider }: { provider: Provider }) {
  const { slug, name, about, connections } = provider
  const aboutId = useId()
  return (
    <div className="relative flex h-full items-start gap-3 rounded-lg border border-line p-3 text-sm transition-colors hover:border-edge hover:bg-hover">
      <Avatar name={name} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            to="/connections"
            search={{ connect: slug }}
            resetScroll={false}
            aria-describedby={aboutId}
            className="font-medium after:absolute after:inset-0 after:rounded-lg"
          >
            <span className="sr-only">Connect </span>
            {name}
          </Link>
          {isTokenFirst(provider) ? (
            <Badge tone="good">needs no OAuth app</Badge>
          ) : (
            !provider.ready && <Badge tone="warn">needs an OAuth app</Badge>
          )}
          {connections > 0 && <Badge>{connections} connected</Badge>}
        </div>
        <p id={aboutId} className="mt-0.5 line-clamp-2 text-soft">
          {about}
        </p>
      </div>
    </div>
  )
}
