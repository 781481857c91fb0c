import { LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { type ButtonLook, type ButtonSize, buttonStyle } from './button-style.ts'
import { classes } from './classes.ts'

type Props = ComponentProps<'button'> & {
  look?: ButtonLook
  icon?: LucideIcon
  size?: ButtonSize
  /** What it does is under way: it turns and cannot be pressed again. */
  busy?: boolean
}

export function Button({
  look,
  size,
  icon: Icon,
  busy = false,
  type = 'button',
  disabled,
  className,
  children,
  ...rest
}: Props) {
  return (
    <button
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classes(buttonStyle(look, size), className)}
      {...rest}
    >
      {busy ? <LoaderCircle className="animate-spin" aria-hidden /> : Icon && <Icon aria-hidden />}
      {children}
    </button>
  )
}
