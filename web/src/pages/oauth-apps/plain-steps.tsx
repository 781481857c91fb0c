import { Card } from '../../kit/card.tsx'
import { Note } from '../../kit/note.tsx'
import { BringIt } from './bring-it.tsx'
import type { Added, Registration } from './oauth-app.ts'
import { StepCopies, StepText } from './step.tsx'
import { stepParts } from './step-parts.ts'
import { warningsAt } from './warnings.ts'

/** All the steps at once, and where the OAuth app is brought in. */
export function PlainSteps({
  registration,
  canChange,
  onAdded,
}: {
  registration: Registration
  canChange: boolean
  onAdded(added: Added): void
}) {
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <Card title={`Register it at ${registration.name}`}>
        <ol className="flex flex-col gap-4">
          {registration.steps.map((step, index) => {
            const parts = stepParts(step, registration)
            return (
              <li key={step} className="flex gap-3 text-sm">
                <span
                  aria-hidden
                  className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sea-wash font-semibold text-sea text-xs"
                >
                  {index + 1}
                </span>
                <div className="flex min-w-0 flex-1 flex-col gap-2 pt-0.5">
                  <StepText parts={parts} />
                  <StepCopies parts={parts} />
                  {warningsAt(registration, index + 1).map(({ title, text }) => (
                    <Note key={title} tone="warn" title={title}>
                      {text}
                    </Note>
                  ))}
                </div>
              </li>
            )
          })}
        </ol>
      </Card>
      <Card title="Then bring it here">
        <BringIt registration={registration} canChange={canChange} onAdded={onAdded} />
      </Card>
    </div>
  )
}
