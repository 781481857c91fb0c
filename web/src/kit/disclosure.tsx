import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

/** What few need to see, behind a word that says what it is. Its fields are part of the form around it while it is closed. */
export function Disclosure({
  summary,
  open = false,
  children,
}: {
  summary: ReactNode
  /** Open from the start. */
  open?: boolean
  children: ReactNode
}) {
  return (
    <details open={open} className="group min-w-0">
      <summary className="-ml-1 flex w-fit max-w-full list-none items-center gap-1.5 rounded-md py-1 pr-2 font-medium text-sea text-sm [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
        {summary}
      </summary>
      <div className="flex flex-col gap-5 pt-3">{children}</div>
    </details>
  )
}
