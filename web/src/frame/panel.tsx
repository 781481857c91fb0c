import type { ReactNode } from 'react'
import { useDocumentTitle } from '../kit/page.tsx'
import { Brand } from './brand.tsx'

/** A page with one thing to do and nothing around it: signing in, accepting, agreeing. */
export function Panel({
  title,
  about,
  wide = false,
  below,
  children,
}: {
  title: string
  about?: ReactNode
  wide?: boolean
  /** Under the panel, such as a way elsewhere. */
  below?: ReactNode
  children?: ReactNode
}) {
  useDocumentTitle(title)
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-8 sm:py-[9dvh]">
      <div className={`flex w-full flex-col gap-6 ${wide ? 'max-w-xl' : 'max-w-md'}`}>
        <div className="px-1">
          <Brand />
        </div>
        <div className="rounded-2xl border border-line bg-card p-5 shadow-popup sm:p-7">
          <h1 className="text-xl tracking-tight">{title}</h1>
          {about && <div className="mt-1.5 text-soft">{about}</div>}
          {children && <div className="mt-6 flex flex-col gap-5">{children}</div>}
        </div>
        {below && <div className="px-1 text-faint text-sm">{below}</div>}
      </div>
    </main>
  )
}
