import { useNavigate, useSearch } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { classes } from '../../kit/classes.ts'
import { Note } from '../../kit/note.tsx'
import { BringIt } from './bring-it.tsx'
import type { Added, Registration } from './oauth-app.ts'
import { StepCopies, StepText } from './step.tsx'
import { stepParts, wordsOf } from './step-parts.ts'
import { warningsAt } from './warnings.ts'

/** Leads through the registration, one step after the other. The address says which, so that a reload stays there. */
export function Wizard({
  registration,
  canChange,
  onAdded,
}: {
  registration: Registration
  canChange: boolean
  onAdded(added: Added): void
}) {
  const { slug, steps } = registration
  const { step: asked = 1 } = useSearch({ from: '/signed-in/framed/connections/apps/$slug' })
  const last = steps.length + 1
  const current = Math.min(Math.max(asked, 1), last)
  const navigate = useNavigate()
  const go = (step: number) =>
    void navigate({ to: '/connections/apps/$slug', params: { slug }, search: { step }, resetScroll: false })
  return (
    <Card flush>
      <ol aria-label="Steps" className="divide-y divide-line">
        {steps.map((step, index) => {
          const number = index + 1
          const parts = stepParts(step, registration)
          return (
            <WizardStep key={step} number={number} current={current} title={wordsOf(parts)} onOpen={() => go(number)}>
              <StepText parts={parts} />
              <StepCopies parts={parts} />
              {warningsAt(registration, number).map(({ title, text }) => (
                <Note key={title} tone="warn" title={title}>
                  {text}
                </Note>
              ))}
              <div className="mt-1 flex gap-2">
                {number > 1 && (
                  <Button size="small" onClick={() => go(number - 1)}>
                    Back
                  </Button>
                )}
                <Button size="small" look="primary" onClick={() => go(number + 1)}>
                  Done, next
                </Button>
              </div>
            </WizardStep>
          )
        })}
        <WizardStep number={last} current={current} title="Bring it to ClawLink." onOpen={() => go(last)}>
          <p className="font-medium">Bring it to ClawLink.</p>
          <BringIt registration={registration} canChange={canChange} onAdded={onAdded} />
        </WizardStep>
      </ol>
    </Card>
  )
}

/** One step: whole when it is the current one, else a line that opens it. */
function WizardStep({
  number,
  current,
  title,
  onOpen,
  children,
}: {
  number: number
  current: number
  title: string
  onOpen(): void
  children: ReactNode
}) {
  const isDone = number < current
  const isCurrent = number === current
  const mark = (
    <span
      className={classes(
        'flex size-6 shrink-0 items-center justify-center rounded-full font-semibold text-xs',
        isCurrent ? 'bg-ink text-on-ink' : isDone ? 'bg-good-wash text-good' : 'bg-hover text-soft',
      )}
    >
      {isDone ? <Check className="size-3.5" strokeWidth={3} aria-hidden /> : number}
      {isDone && <span className="sr-only">Done:</span>}
    </span>
  )
  if (!isCurrent)
    return (
      <li>
        <button
          type="button"
          onClick={onOpen}
          className="flex w-full items-start gap-3 px-4 py-3 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2 sm:px-5"
        >
          {mark}
          <span className="line-clamp-2 min-w-0 pt-0.5 text-soft">{title}</span>
        </button>
      </li>
    )
  return (
    <li aria-current="step" className="flex gap-3 px-4 py-4 sm:px-5">
      {mark}
      <div className="flex min-w-0 flex-1 flex-col gap-3 pt-0.5 text-sm">{children}</div>
    </li>
  )
}
