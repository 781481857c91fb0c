import { type ReactNode, useId } from 'react'
import { classes } from './classes.ts'

/**
 * A part of a page. With a `title` it is a section of that name.
 * @param props `flush` lets the content reach the edges, as lists and tables want
 */
export function Card({
  title,
  about,
  actions,
  flush = false,
  className,
  children,
}: {
  title?: string
  about?: ReactNode
  actions?: ReactNode
  flush?: boolean
  className?: string
  children?: ReactNode
}) {
  const id = useId()
  const Part = title ? 'section' : 'div'
  return (
    <Part
      aria-labelledby={title && id}
      className={classes('min-w-0 rounded-xl border border-line bg-card shadow-card', className)}
    >
      {title && (
        <header
          className={classes(
            'flex flex-wrap items-center justify-between gap-3 px-4 sm:px-5',
            flush ? 'min-h-14 border-line border-b py-3' : 'pt-4',
          )}
        >
          <div className="min-w-0 flex-1 basis-40">
            <h2 id={id} className="text-base">
              {title}
            </h2>
            {about && <div className="mt-0.5 max-w-[65ch] text-soft text-sm">{about}</div>}
          </div>
          {actions}
        </header>
      )}
      {flush ? children : <div className="p-4 sm:p-5">{children}</div>}
    </Part>
  )
}
