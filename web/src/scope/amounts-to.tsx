import { ShieldCheck } from 'lucide-react'
import { Note } from '../kit/note.tsx'
import { useNow } from '../kit/use-now.ts'
import { type Choices, namesOf } from './choices.ts'
import { type Draft, problemsOf, termsOf } from './draft.ts'
import { scopeSentence } from './scope-sentence.ts'

const dayMs = 24 * 60 * 60_000

/**
 * What a draft amounts to in one sentence, read out when it changes; or what keeps it from being sent.
 * @param props `isNew` is false for a key that is there, whose end stays what it is
 */
export function AmountsTo({ draft, choices, isNew = true }: { draft: Draft; choices: Choices; isNew?: boolean }) {
  const now = useNow()
  const { expiresInDays, ...terms } = termsOf(draft)
  const [problem] = Object.values(problemsOf(draft))
  const endsAt = expiresInDays === undefined ? null : new Date(now + expiresInDays * dayMs)
  return (
    <div aria-live="polite">
      {problem ? (
        <Note tone="warn" title="Something above is missing or not right yet." />
      ) : (
        <p className="flex gap-2.5 text-sm">
          <ShieldCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
          <span className="min-w-0 font-medium">
            {scopeSentence({ ...terms, ...(isNew && { endsAt }) }, namesOf(choices))}
          </span>
        </p>
      )}
    </div>
  )
}
