import { type ComponentProps, type ReactNode, useId } from 'react'
import { ChoiceLabel, hintId } from './choice-label.tsx'

type Props = Omit<ComponentProps<'input'>, 'type' | 'role' | 'className'> & { label: ReactNode; hint?: ReactNode }

/** On or off, at once. */
export function Switch({ label, hint, ...rest }: Props) {
  const id = useId()
  return (
    <div className="flex items-start justify-between gap-4">
      <ChoiceLabel id={id} label={label} hint={hint} />
      <input
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is checked
        role="switch"
        id={id}
        aria-describedby={hint ? hintId(id) : undefined}
        className="relative h-5.5 w-9.5 shrink-0 cursor-pointer appearance-none rounded-full bg-edge transition-colors before:absolute before:top-0.5 before:left-0.5 before:size-4.5 before:rounded-full before:bg-card before:shadow-card before:transition-transform checked:bg-sea checked:before:translate-x-4 disabled:opacity-50"
        {...rest}
      />
    </div>
  )
}
