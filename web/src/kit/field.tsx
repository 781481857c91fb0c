import { createContext, type ReactNode, useContext, useId } from 'react'
import { useFieldProblem } from './form.tsx'

type FieldParts = { id: string; name: string | undefined; describedBy: string | undefined; invalid: boolean }

const FieldContext = createContext<FieldParts | undefined>(undefined)

/** What an input takes from the Field around it. Inputs outside of one name themselves. */
export function useFieldParts() {
  const field = useContext(FieldContext)
  return (
    field && {
      id: field.id,
      name: field.name,
      'aria-describedby': field.describedBy,
      'aria-invalid': field.invalid || undefined,
    }
  )
}

/**
 * A label, one input, and what there is to say about it.
 * @param props `name` is that of the field in the request: what the server says about it shows by itself; `problem` is what
 *   the page itself finds wrong, to be read after the label: `must be a number`
 */
export function Field({
  name,
  label,
  hint,
  problem,
  aside,
  children,
}: {
  name?: string
  label: string
  hint?: ReactNode
  problem?: string | undefined
  /** Beside the label, such as a link. */
  aside?: ReactNode
  children: ReactNode
}) {
  const id = useId()
  const said = useFieldProblem(name ?? '')
  const wrong = problem ?? said
  const describedBy = [wrong && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined
  return (
    <FieldContext value={{ id, name, describedBy, invalid: wrong !== undefined }}>
      <div className="flex min-w-0 flex-col gap-1.5">
        <div className="flex items-baseline justify-between gap-3">
          <label htmlFor={id} className="font-medium text-sm">
            {label}
          </label>
          {aside}
        </div>
        {children}
        {wrong && (
          <p id={`${id}-problem`} className="text-bad text-sm">
            {label} {wrong}
          </p>
        )}
        {hint && (
          <p id={`${id}-hint`} className="text-faint text-sm">
            {hint}
          </p>
        )}
      </div>
    </FieldContext>
  )
}
