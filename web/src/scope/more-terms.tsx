import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Field } from '../kit/field.tsx'
import { Input } from '../kit/input.tsx'
import { Switch } from '../kit/switch.tsx'
import { TextArea } from '../kit/text-area.tsx'
import type { Draft, DraftProblems } from './draft.ts'

/** What few need: single tools, limits, and changing connections. Open from the start when something of it is set. */
export function MoreTerms({
  draft,
  problems,
  limits,
  onChange,
}: {
  draft: Draft
  problems: DraftProblems
  /** Whether the key has limits of its own. */
  limits: boolean
  onChange(part: Partial<Draft>): void
}) {
  const { tools, callsPerMinute, callsPerDay, manageConnections } = draft
  const [open, setOpen] = useState(Boolean(tools || callsPerMinute || callsPerDay || manageConnections))
  return (
    <details open={open} onToggle={event => setOpen(event.currentTarget.open)} className="group">
      <summary className="-ml-1 flex w-fit list-none items-center gap-1.5 rounded-md py-1 pr-2 font-medium text-sea text-sm [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden />
        {limits ? 'Single tools, limits, changing connections' : 'Single tools, changing connections'}
      </summary>
      <div className="flex flex-col gap-5 pt-4">
        <Field name="scope.tools" label="Only these tools" hint="Names, one a line. Leave it empty for all tools.">
          <TextArea
            value={tools}
            onChange={event => onChange({ tools: event.target.value })}
            className="font-mono"
            spellCheck={false}
            autoCapitalize="none"
          />
        </Field>
        {limits && (
          <div className="grid gap-5 sm:grid-cols-2">
            <Field name="callsPerMinute" label="Calls a minute" problem={problems.callsPerMinute}>
              <Input
                inputMode="numeric"
                placeholder="no limit"
                value={callsPerMinute}
                onChange={event => onChange({ callsPerMinute: event.target.value })}
              />
            </Field>
            <Field name="callsPerDay" label="Calls a day" problem={problems.callsPerDay}>
              <Input
                inputMode="numeric"
                placeholder="no limit"
                value={callsPerDay}
                onChange={event => onChange({ callsPerDay: event.target.value })}
              />
            </Field>
          </div>
        )}
        <Switch
          label="May add and remove connections"
          hint="It could connect further accounts, or disconnect yours. Few agents need that."
          checked={manageConnections}
          onChange={event => onChange({ manageConnections: event.target.checked })}
        />
      </div>
    </details>
  )
}
