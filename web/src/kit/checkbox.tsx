import { type ComponentProps, type ReactNode, useId } from 'react'
import { ChoiceLabel, hintId } from './choice-label.tsx'

type Props = Omit<ComponentProps<'input'>, 'type' | 'className'> & { label: ReactNode; hint?: ReactNode }

/** A box to tick, with its label and what it means. */
export function Checkbox({ label, hint, ...rest }: Props) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5">
      <input
        type="checkbox"
        id={id}
        aria-describedby={hint ? hintId(id) : undefined}
        className="mt-0.5 size-4.5 shrink-0"
        {...rest}
      />
      <ChoiceLabel id={id} label={label} hint={hint} />
    </div>
  )
}
