import { classes } from './classes.ts'

const looks = {
  /** The one thing to do here. */
  primary: 'bg-ink text-on-ink hover:bg-ink-hover',
  /** What else can be done. */
  secondary: 'border border-edge bg-card text-ink hover:bg-hover',
  /** Beside others, in rows and bars. */
  quiet: 'text-soft hover:bg-hover hover:text-ink',
  /** Ends or removes something. */
  danger: 'bg-bad-solid text-on-bad hover:opacity-90',
}
const sizes = {
  medium: 'h-10 gap-2 rounded-lg px-4 text-[0.9375rem] sm:h-9 sm:px-3.5 sm:text-sm',
  small: 'h-9 gap-1.5 rounded-md px-2.5 text-sm sm:h-8 sm:text-[0.8125rem]',
}

export type ButtonLook = keyof typeof looks
export type ButtonSize = keyof typeof sizes

/** The classes of a button, for links that look like one. */
export function buttonStyle(look: ButtonLook = 'secondary', size: ButtonSize = 'medium'): string {
  return classes(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap font-medium transition-colors',
    'disabled:pointer-events-none disabled:opacity-50 [&>svg]:size-4 [&>svg]:shrink-0',
    looks[look],
    sizes[size],
  )
}
