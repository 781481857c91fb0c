import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { Form } from '../../kit/form.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { useToast } from '../../kit/toast.tsx'
import { AmountsTo } from '../../scope/amounts-to.tsx'
import type { Choices } from '../../scope/choices.ts'
import { draftOf, problemsOf, termsOf } from '../../scope/draft.ts'
import { ScopeForm } from '../../scope/scope-form.tsx'
import { useChoices } from '../../scope/use-choices.ts'
import { type Key, keyName } from './agent.ts'

/** Changes what a key may do, from the next call on. */
export function ChangeKey({ of: key, onClose }: { of: Key; onClose(): void }) {
  const { choices, problem } = useChoices()
  return (
    <Dialog
      open
      onClose={onClose}
      shape="wide"
      title={key.kind === 'oauth' ? 'What this grant may do' : 'What this key may do'}
      about={`${keyName(key)}: a change holds from its next call on.`}
    >
      {problem && <ProblemNote problem={problem} />}
      {choices ? <Change of={key} choices={choices} onClose={onClose} /> : !problem && <SkeletonRows />}
    </Dialog>
  )
}

function Change({ of: key, choices, onClose }: { of: Key; choices: Choices; onClose(): void }) {
  const [draft, setDraft] = useState(() => draftOf(key))
  const toast = useToast()
  const change = useSend('PATCH /keys/{id}', {
    refresh: ['GET /agents'],
    onSuccess() {
      toast('Saved. It holds from the next call on.')
      onClose()
    },
  })
  const save = () => {
    const { scope, callsPerMinute, callsPerDay } = termsOf(draft)
    change.mutate({ params: { id: key.id }, body: { scope, callsPerMinute, callsPerDay } })
  }
  return (
    <Form onSubmit={save} problem={change.error}>
      <ScopeForm draft={draft} choices={choices} isNew={false} onChange={setDraft} />
      <AmountsTo draft={draft} choices={choices} isNew={false} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          look="primary"
          busy={change.isPending}
          disabled={Object.keys(problemsOf(draft)).length > 0}
        >
          Save
        </Button>
      </DialogActions>
    </Form>
  )
}
