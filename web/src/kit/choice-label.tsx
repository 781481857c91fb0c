import type { ReactNode } from 'react'

/** What a checkbox or a switch is about; the input has `id`, and is described by `hintId` where there is a hint. */
export function ChoiceLabel({ id, label, hint }: { id: string; label: ReactNode; hint?: ReactNode }) {
  return (
    <div className="wrap-anywhere min-w-0 text-sm">
      <label htmlFor={id} className="block font-medium">
        {label}
      </label>
      {hint && (
        <p id={hintId(id)} className="text-faint">
          {hint}
        </p>
      )}
    </div>
  )
}

export const hintId = (id: string) => `${id}-hint`
