import { createContext, type ReactNode, type RefObject, useContext, useEffect, useRef } from 'react'
import type { Problem } from '../api/problem.ts'
import { classes } from './classes.ts'
import { ProblemNote } from './problem-note.tsx'

/** Reads a field of a form by its name; '' when it is not there. */
export type ReadField = (name: string) => string

const FormProblem = createContext<Problem | null>(null)

/** What is wrong with a field of the form around, as the server said it. */
export const useFieldProblem = (name: string) => useContext(FormProblem)?.field(name)

/**
 * A form. Each `Field` in it shows what the server said about the field of its name; the rest is shown below.
 * @param props `onSubmit` gets a reader of the fields; `problem` is why the last try failed
 */
export function Form({
  onSubmit,
  problem = null,
  className,
  children,
}: {
  onSubmit(read: ReadField): void
  problem?: Problem | null
  className?: string
  children: ReactNode
}) {
  const form = useRef<HTMLFormElement>(null)
  useShowProblem(form, problem)
  return (
    <FormProblem value={problem}>
      <form
        ref={form}
        className={classes('flex flex-col gap-5', className)}
        onSubmit={event => {
          event.preventDefault()
          const fields = new FormData(event.currentTarget)
          onSubmit(name => String(fields.get(name) ?? ''))
        }}
      >
        {problem && (
          <div className="scroll-mt-20">
            <ProblemNote problem={problem} />
          </div>
        )}
        {children}
      </form>
    </FormProblem>
  )
}

/** Brings what is wrong before the person's eyes, who has pressed a button far below: the field, else the words above. */
function useShowProblem(form: RefObject<HTMLFormElement | null>, problem: Problem | null) {
  useEffect(() => {
    if (!problem) return
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (field) field.focus()
    else form.current?.firstElementChild?.scrollIntoView({ block: 'nearest' })
  }, [form, problem])
}
