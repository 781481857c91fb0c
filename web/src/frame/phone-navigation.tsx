import { Link } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { Dialog } from '../kit/dialog.tsx'
import { PendingCount, Places } from './side-navigation.tsx'
import { usePlaces } from './use-places.ts'

const tab =
  'relative flex h-14 flex-1 flex-col items-center justify-center gap-1 font-medium text-[0.6875rem] text-soft ' +
  'focus-visible:-outline-offset-2 aria-[current=page]:text-ink [&[aria-current=page]>svg]:text-claw'

/** The way to the pages that are used most, at the lower edge of phones; the others are behind More. */
export function PhoneNavigation() {
  const [more, setMore] = useState(false)
  const places = usePlaces().flatMap(group => group.places.filter(({ onPhone }) => onPhone))
  return (
    <>
      <nav
        aria-label="Most used"
        className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-card pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {places.map(({ to, label, icon: Icon, countsApprovals, exact = false }) => (
          <Link key={to} to={to} activeOptions={{ exact, includeSearch: false }} className={tab}>
            <Icon className="size-5" aria-hidden />
            {label}
            {countsApprovals && (
              <span className="absolute top-1 left-1/2 ml-1 origin-left scale-85">
                <PendingCount />
              </span>
            )}
          </Link>
        ))}
        <button type="button" className={tab} aria-haspopup="dialog" onClick={() => setMore(true)}>
          <Ellipsis className="size-5" aria-hidden />
          More
        </button>
      </nav>
      <Dialog open={more} onClose={() => setMore(false)} title="ClawLink" shape="sheet">
        <Places onGo={() => setMore(false)} />
      </Dialog>
    </>
  )
}
