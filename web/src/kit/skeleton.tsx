import { classes } from './classes.ts'

/** Where something is about to be. `className` gives its size. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classes('animate-wait rounded-md bg-hover', className ?? 'h-4 w-full')} />
}

/** A list that is on its way. */
export function SkeletonRows({ rows = 3 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y divide-line">
      {Array.from({ length: rows }, (_, row) => row).map(row => (
        <div key={row} className="flex items-center gap-3 px-4 py-4 sm:px-5">
          <Skeleton className="size-8 rounded-full" />
          <div className="flex flex-1 flex-col gap-2">
            <Skeleton className="h-3.5 w-2/5" />
            <Skeleton className="h-3 w-3/5" />
          </div>
        </div>
      ))}
    </div>
  )
}
