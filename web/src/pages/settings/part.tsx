import { type ReactNode, useId } from 'react'

/** A part of the settings: what it is about, and beside it, where there is room, what can be changed. */
export function Part({
  title,
  about,
  flush = false,
  children,
}: {
  title: ReactNode
  about?: ReactNode
  /** Lets the content reach the edges, as lists want. */
  flush?: boolean
  children: ReactNode
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="grid gap-x-8 gap-y-3 lg:grid-cols-[15rem_1fr]">
      <div className="min-w-0 lg:pt-4">
        <h2 id={id} className="flex items-center gap-2 text-base">
          {title}
        </h2>
        {about && <p className="mt-0.5 text-soft text-sm">{about}</p>}
      </div>
      <div className="min-w-0 self-start rounded-xl border border-line bg-card shadow-card">
        {flush ? children : <div className="p-4 sm:p-5">{children}</div>}
      </div>
    </section>
  )
}
