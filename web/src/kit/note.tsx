import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

const looks = {
  plain: { icon: Info, box: 'bg-hover', mark: 'text-soft' },
  good: { icon: CircleCheck, box: 'bg-good-wash', mark: 'text-good' },
  warn: { icon: TriangleAlert, box: 'bg-warn-wash', mark: 'text-warn' },
  bad: { icon: CircleAlert, box: 'bg-bad-wash', mark: 'text-bad' },
}

/** Something to know, set apart. A `bad` one is read out at once. */
export function Note({
  tone = 'plain',
  title,
  children,
}: {
  tone?: keyof typeof looks
  title?: ReactNode
  children?: ReactNode
}) {
  const { icon: Icon, box, mark } = looks[tone]
  return (
    <div role={tone === 'bad' ? 'alert' : undefined} className={classes('flex gap-2.5 rounded-lg p-3 text-sm', box)}>
      <Icon className={classes('mt-0.5 size-4 shrink-0', mark)} aria-hidden />
      <div className="min-w-0">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className="text-soft">{children}</div>}
      </div>
    </div>
  )
}
