import type { Problem } from '../api/problem.ts'
import { Button } from '../kit/button.tsx'
import { ProblemNote } from '../kit/problem-note.tsx'
import { AmountsTo } from './amounts-to.tsx'
import type { Choices } from './choices.ts'
import { type Draft, problemsOf } from './draft.ts'

/** What saying yes would amount to, and the two answers side by side. It stays in sight however long the form above is. */
export function DecisionBar({
  draft,
  choices,
  allow,
  blocked = false,
  problem,
  busy,
  onDeny,
}: {
  draft: Draft
  choices: Choices
  /** What the yes is called; it submits the form around. */
  allow: string
  /** Something else in the form keeps it from being sent. */
  blocked?: boolean
  /** Why the last answer did not count. */
  problem: Problem | null
  /** Which of the answers is under way. */
  busy: 'allow' | 'deny' | undefined
  onDeny(): void
}) {
  return (
    <div className="sticky bottom-0 -mx-5 -mb-5 flex flex-col gap-3 rounded-b-2xl border-line border-t bg-card px-5 pt-4 pb-[max(1.25rem,env(safe-area-inset-bottom))] sm:-mx-7 sm:-mb-7 sm:px-7 sm:pb-6">
      {problem && <ProblemNote problem={problem} />}
      <AmountsTo draft={draft} choices={choices} />
      <div className="grid grid-cols-2 gap-3">
        <Button onClick={onDeny} busy={busy === 'deny'} disabled={busy !== undefined}>
          Deny
        </Button>
        <Button
          type="submit"
          look="primary"
          busy={busy === 'allow'}
          disabled={busy !== undefined || blocked || Object.keys(problemsOf(draft)).length > 0}
        >
          {allow}
        </Button>
      </div>
    </div>
  )
}
