import { Link } from '@tanstack/react-router'
import { Count } from '../kit/count.tsx'
import { Brand } from './brand.tsx'
import type { Place } from './navigation.ts'
import { usePendingCount, usePlaces } from './use-places.ts'

/** The way to every page, at the left of wide screens. */
export function SideNavigation() {
  return (
    <div className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col gap-5 overflow-y-auto border-line border-r bg-sunken px-3 py-4 md:flex">
      <Link to="/" className="mx-2 self-start rounded-md">
        <Brand />
      </Link>
      <Places />
    </div>
  )
}

/** The list alone. @param props `onGo` is called when a place is chosen */
export function Places({ onGo }: { onGo?(): void }) {
  const groups = usePlaces()
  return (
    <nav aria-label="Main" className="flex flex-col gap-5">
      {groups.map(({ heading, places }) => (
        <div key={heading ?? ''}>
          {heading && <h2 className="mb-1 px-2.5 font-medium text-faint text-xs">{heading}</h2>}
          <ul className="flex flex-col gap-0.5">
            {places.map(place => (
              <li key={place.to}>
                <PlaceLink place={place} {...(onGo && { onGo })} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

function PlaceLink({
  place: { to, label, icon: Icon, countsApprovals, exact = false },
  onGo,
}: {
  place: Place
  onGo?(): void
}) {
  return (
    <Link
      to={to}
      activeOptions={{ exact, includeSearch: false }}
      {...(onGo && { onClick: onGo })}
      className="group flex h-10 items-center gap-2.5 rounded-lg px-2.5 font-medium text-soft text-sm transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:text-ink md:aria-[current=page]:bg-card md:aria-[current=page]:shadow-card md:h-8.5"
    >
      <Icon className="size-4 text-faint group-hover:text-ink group-aria-[current=page]:text-claw" aria-hidden />
      <span className="flex-1">{label}</span>
      {countsApprovals && <PendingCount />}
    </Link>
  )
}

export function PendingCount() {
  return <Count value={usePendingCount()} of="waiting" />
}
