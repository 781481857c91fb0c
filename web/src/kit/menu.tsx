import type { LucideIcon } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'

const load = () => import('./menu-popup.tsx')
const MenuPopup = lazy(load)

export type MenuItem =
  | { label: string; icon?: LucideIcon; onSelect(): void; danger?: boolean; disabled?: boolean }
  | {
      choice: string
      value: string
      options: readonly { value: string; label: string; icon?: LucideIcon }[]
      onChoose(value: string): void
    }
  | { heading: ReactNode }
  | 'line'

type Props = {
  /** What the button is for, read before what it shows. */
  label: string
  items: readonly MenuItem[]
  /** Looks of the button. */
  className: string
  align?: 'start' | 'end'
  /** What the button shows. */
  children: ReactNode
}

/** A button that opens a menu. Arrow keys, typing ahead and Escape work in it. */
export function Menu({ label, items, className, align = 'end', children }: Props) {
  const [open, setOpen] = useState(false)
  const [wasOpen, setWasOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        className={className}
        // The popup is Base UI's and only fetched when somebody is about to open it.
        onPointerEnter={load}
        onFocus={load}
        onClick={() => {
          setWasOpen(true)
          setOpen(!open)
        }}
        onKeyDown={event => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          setWasOpen(true)
          setOpen(true)
        }}
      >
        <span className="sr-only">{label} </span>
        {children}
      </button>
      {wasOpen && (
        <Suspense>
          <MenuPopup open={open} onOpenChange={setOpen} anchor={button} items={items} align={align} label={label} />
        </Suspense>
      )}
    </>
  )
}
