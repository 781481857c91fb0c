import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Dialog, DialogSubmit } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { RadioCards } from '../../kit/radio-cards.tsx'
import { draftOf, ruleOfDraft } from './draft.ts'
import { MatchFields } from './match-fields.tsx'
import type { Rule } from './rule.ts'

const decisions = [
  { value: 'allow', label: 'Allow it', about: 'It is sent at once.' },
  { value: 'ask', label: 'Ask a member', about: 'It waits under Approvals.' },
  { value: 'deny', label: 'Deny it', about: 'The agent is told, with the name of this rule.' },
] as const

/** Makes a rule, or replaces one. */
export function RuleDialog({ rule, onClose }: { rule: Rule | undefined; onClose(): void }) {
  const [draft, setDraft] = useState(() => draftOf(rule))
  const add = useSend('POST /rules', { refresh: ['GET /rules'], onSuccess: onClose })
  const change = useSend('PUT /rules/{id}', { refresh: ['GET /rules'], onSuccess: onClose })
  const save = () => {
    const body = ruleOfDraft(draft)
    if (rule) change.mutate({ params: { id: rule.id }, body })
    else add.mutate({ body })
  }
  return (
    <Dialog open shape="wide" onClose={onClose} title={rule ? `Change “${rule.name}”` : 'Add a rule'}>
      <Form onSubmit={save} problem={add.error ?? change.error}>
        <Field name="name" label="Name">
          <Input
            value={draft.name}
            onChange={event => setDraft({ ...draft, name: event.target.value })}
            required
            maxLength={100}
            placeholder="Mail leaves the company only with a yes"
          />
        </Field>
        <RadioCards
          name="decision"
          label="When a call fits"
          options={decisions}
          value={draft.decision}
          onChange={decision => setDraft({ ...draft, decision })}
        />
        <MatchFields draft={draft} onChange={setDraft} />
        <Field name="expiresAt" label="Until" hint="Leave it empty for a rule without an end.">
          <Input
            type="date"
            value={draft.until}
            onChange={event => setDraft({ ...draft, until: event.target.value })}
            className="max-w-48"
          />
        </Field>
        <DialogSubmit onClose={onClose} busy={add.isPending || change.isPending}>
          {rule ? 'Save rule' : 'Add rule'}
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
