import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** A list with nothing in it: why that is, and the next step. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  heading: Heading = 'h3',
}: {
  icon: LucideIcon
  title: string
  children?: ReactNode
  action?: ReactNode
  /** `h1` where it is all that a page shows. */
  heading?: 'h1' | 'h3'
}) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-12 text-center">
      <span className="flex size-11 items-center justify-center rounded-full bg-sea-wash text-sea">
        <Icon className="size-5" aria-hidden />
      </span>
      <div>
        <Heading className="text-base">{title}</Heading>
        {children && <div className="mt-1 max-w-[46ch] text-balance text-soft text-sm">{children}</div>}
      </div>
      {action && <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
