import { Plus, X } from 'lucide-react'
import { Button } from '../../kit/button.tsx'
import { IconButton } from '../../kit/icon-button.tsx'
import { Input } from '../../kit/input.tsx'
import { Select } from '../../kit/select.tsx'
import type { DraftCondition } from './draft.ts'
import { type Condition, conditionWords } from './rule.ts'

const kinds = Object.entries(conditionWords).map(([value, label]) => ({ value: value as Condition['is'], label })) // its own names

/** Conditions on the arguments of a call; all have to hold. */
export function ConditionFields({
  conditions,
  onChange,
}: {
  conditions: readonly DraftCondition[]
  onChange(conditions: DraftCondition[]): void
}) {
  const set = (at: number, part: Partial<DraftCondition>) =>
    onChange(conditions.map((condition, i) => (i === at ? { ...condition, ...part } : condition)))
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">What the arguments hold</legend>
      {conditions.map((condition, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
        <div key={at} className="grid grid-cols-[1fr_1fr_auto] gap-2 sm:grid-cols-[1fr_10rem_1fr_auto]">
          <Input
            aria-label="Argument"
            value={condition.path}
            onChange={event => set(at, { path: event.target.value })}
            placeholder="to, cc, bcc"
          />
          <Select
            aria-label="Comparison"
            value={condition.is}
            onChange={event => set(at, { is: event.target.value as Condition['is'] })} // one of the options below
            options={kinds}
          />
          <Input
            aria-label="Value"
            className="col-start-1 col-end-3 sm:col-auto"
            value={condition.text}
            onChange={event => set(at, { text: event.target.value })}
            placeholder={condition.is === 'domainIn' ? 'example.com, *.example.org' : 'value'}
          />
          <IconButton
            icon={X}
            label="Remove this condition"
            onClick={() => onChange(conditions.filter((_, i) => i !== at))}
          />
        </div>
      ))}
      <Button
        size="small"
        className="self-start"
        onClick={() => onChange([...conditions, { path: '', is: 'equals', text: '' }])}
      >
        <Plus aria-hidden />
        Add a condition
      </Button>
    </fieldset>
  )
}
