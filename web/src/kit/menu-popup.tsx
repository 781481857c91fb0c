import { Menu } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { RefObject } from 'react'
import { classes } from './classes.ts'
import type { MenuItem } from './menu.tsx'

const row =
  'flex min-h-10 cursor-default select-none items-center gap-2.5 rounded-md px-2.5 text-sm outline-none sm:min-h-8 ' +
  'data-highlighted:bg-hover data-disabled:opacity-50'

type Props = {
  open: boolean
  onOpenChange(open: boolean): void
  anchor: RefObject<HTMLButtonElement | null>
  items: readonly MenuItem[]
  align: 'start' | 'end'
  label: string
}

/** The part of Menu that is fetched when one first opens. */
export default function MenuPopup({ open, onOpenChange, anchor, items, align, label }: Props) {
  return (
    <Menu.Root
      open={open}
      onOpenChange={(isOpen, { event, cancel }) => {
        // The button closes the menu itself; closing on its press as well would open it again.
        if (!isOpen && event.target instanceof Node && anchor.current?.contains(event.target)) cancel()
        else onOpenChange(isOpen)
      }}
    >
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} align={align} sideOffset={6} collisionPadding={8} className="z-40">
          <Menu.Popup
            aria-label={label}
            finalFocus={anchor}
            className="max-h-(--available-height) min-w-52 max-w-80 animate-rise overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-popup outline-none"
          >
            {items.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a menu do not move while it is open
              <MenuRow key={index} item={item} />
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function MenuRow({ item }: { item: MenuItem }) {
  if (item === 'line') return <Menu.Separator className="-mx-1 my-1 h-px bg-line" />
  if ('heading' in item) return <div className="px-2.5 py-2 text-sm">{item.heading}</div>
  if ('choice' in item) {
    return (
      <Menu.RadioGroup value={item.value} onValueChange={item.onChoose}>
        <Menu.Group>
          <Menu.GroupLabel className="px-2.5 pt-2 pb-1 text-faint text-xs">{item.choice}</Menu.GroupLabel>
          {item.options.map(({ value, label, icon: Icon }) => (
            <Menu.RadioItem key={value} value={value} closeOnClick className={row}>
              {Icon && <Icon className="size-4 shrink-0 text-faint" aria-hidden />}
              <span className="min-w-0 flex-1 truncate">{label}</span>
              <Menu.RadioItemIndicator>
                <Check className="size-4 text-sea" aria-hidden />
              </Menu.RadioItemIndicator>
            </Menu.RadioItem>
          ))}
        </Menu.Group>
      </Menu.RadioGroup>
    )
  }
  const { label, icon: Icon, onSelect, danger = false, disabled = false } = item
  return (
    <Menu.Item disabled={disabled} onClick={onSelect} className={classes(row, danger && 'text-bad')}>
      {Icon && <Icon className={classes('size-4 shrink-0', !danger && 'text-faint')} aria-hidden />}
      {label}
    </Menu.Item>
  )
}
