import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

const tones = {
  good: 'bg-good-wash text-good',
  bad: 'bg-bad-wash text-bad',
  plain: 'bg-hover text-soft',
}

/** How a request ended, read out when it does. */
export function Outcome({
  icon: Icon,
  tone,
  spins = false,
  children,
}: {
  icon: LucideIcon
  tone: keyof typeof tones
  spins?: boolean
  children: ReactNode
}) {
  return (
    <div role="status" className="flex items-start gap-3.5">
      <span className={`flex size-10 shrink-0 items-center justify-center rounded-full ${tones[tone]}`}>
        <Icon className={`size-5 ${spins ? 'animate-spin' : ''}`} aria-hidden />
      </span>
      <div className="flex min-w-0 flex-col gap-1 pt-0.5 text-soft">{children}</div>
    </div>
  )
}
