import type { ReactNode } from 'react'

/** Things below each other, inside a flush Card. */
export function List({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-line">
      {children}
    </ul>
  )
}

/** One thing of a list: what it is, more about it, how it stands, what can be done. Wraps on phones. */
export function ListRow({
  lead,
  title,
  about,
  actions,
  align = 'center',
  children,
}: {
  lead?: ReactNode
  title: ReactNode
  about?: ReactNode
  actions?: ReactNode
  /** Where the actions stand beside a tall row. */
  align?: 'center' | 'start'
  /** Below all that, as wide as the row. */
  children?: ReactNode
}) {
  return (
    <li
      className={`flex flex-wrap gap-x-3 gap-y-2 px-4 py-3 sm:px-5 ${align === 'start' ? 'items-start' : 'items-center'}`}
    >
      {lead}
      <div className="min-w-0 flex-1 basis-40">
        <div className="wrap-anywhere flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">{title}</div>
        {about && <div className="wrap-anywhere text-soft text-sm">{about}</div>}
      </div>
      {actions && <div className="ml-auto flex flex-wrap items-center justify-end gap-1.5">{actions}</div>}
      {children && <div className="flex min-w-0 basis-full flex-col gap-2">{children}</div>}
    </li>
  )
}
