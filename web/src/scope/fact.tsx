import type { ReactNode } from 'react'

/** What is known about who asks, one thing each. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-1 gap-x-5 gap-y-2.5 text-sm sm:grid-cols-[max-content_1fr]">{children}</dl>
}

export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-faint max-sm:-mb-2">{term}</dt>
      <dd className="wrap-anywhere min-w-0">{children}</dd>
    </div>
  )
}
