import { classes } from '../kit/classes.ts'

/** Two claws that hold each other. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={classes('text-claw', className ?? 'size-6')}>
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <g fill="none" stroke="#fff" strokeWidth="3.2" strokeLinecap="round">
        <path d="M14.2 11.4a6.2 6.2 0 1 0 0 9.2" />
        <path d="M17.8 20.6a6.2 6.2 0 1 0 0-9.2" />
        <path d="M12.6 16h6.8" />
      </g>
    </svg>
  )
}

export function Brand() {
  return (
    <span className="flex items-center gap-2.5 font-semibold text-[1.0625rem] tracking-tight">
      <Mark />
      ClawLink
    </span>
  )
}
