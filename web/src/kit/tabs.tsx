import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

/** Views of one thing, one at a time. Without `value` it keeps the choice itself. */
export function Tabs<T extends string>({
  label,
  tabs,
  value,
  oneRow = false,
  onChange,
}: {
  label: string
  tabs: readonly { value: T; label: ReactNode; content: ReactNode }[]
  value?: T
  /** They scroll sideways where they do not fit, for pages that have no height to spare. */
  oneRow?: boolean
  onChange?(value: T): void
}) {
  return (
    <Base.Root
      {...(value === undefined ? { defaultValue: tabs[0]?.value } : { value })}
      onValueChange={chosen => onChange?.(chosen)}
      className="flex min-w-0 flex-col gap-4"
    >
      <Base.List
        aria-label={label}
        className={classes('flex gap-x-1 border-line border-b', oneRow ? 'overflow-x-auto' : 'flex-wrap')}
      >
        {tabs.map(tab => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px flex h-10 items-center gap-2 whitespace-nowrap border-transparent border-b-2 px-3 font-medium text-faint text-sm hover:text-ink focus-visible:-outline-offset-2 data-active:border-ink data-active:text-ink"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map(tab => (
        <Base.Panel key={tab.value} value={tab.value} className="outline-offset-4">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
