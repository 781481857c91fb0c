import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { useFieldParts } from './field.tsx'
import { inputStyle } from './input-style.ts'

type Props = Omit<ComponentProps<'select'>, 'children'> & {
  options: readonly { value: string; label: string; disabled?: boolean }[]
}

/** One of a few. It is the platform's own, so that it works as people know it on every device. */
export function Select({ options, className, ...rest }: Props) {
  return (
    <span className={classes('relative inline-flex min-w-0', className ?? 'w-full')}>
      <select {...useFieldParts()} className={classes(inputStyle, 'h-10 appearance-none pr-9 sm:h-9')} {...rest}>
        {options.map(({ value, label, disabled }) => (
          <option key={value} value={value} disabled={disabled} className="bg-raised text-ink">
            {label}
          </option>
        ))}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-faint"
        aria-hidden
      />
    </span>
  )
}
