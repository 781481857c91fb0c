import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

/** What is over, out of the way until somebody looks for it. */
export function Ended({ what, children }: { what: string; children: ReactNode }) {
  return (
    <details className="group/ended">
      <summary className="flex w-fit list-none items-center gap-1.5 rounded-md py-1 pr-2 text-soft text-sm hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 transition-transform group-open/ended:rotate-90" aria-hidden />
        {what}
      </summary>
      <div className="pt-2">{children}</div>
    </details>
  )
}
