import { useQuery } from '@tanstack/react-query'
import { ask, askAll } from '../../api/queries.ts'
import { Field } from '../../kit/field.tsx'
import { Input } from '../../kit/input.tsx'
import { TextArea } from '../../kit/text-area.tsx'
import { ConditionFields } from './condition-fields.tsx'
import type { Draft } from './draft.ts'
import { Picks } from './picks.tsx'

/** Which calls a rule is about. A group with nothing chosen matches everything. */
export function MatchFields({ draft, onChange }: { draft: Draft; onChange(draft: Draft): void }) {
  const { data: providers } = useQuery(ask('GET /providers'))
  const { data: agents } = useQuery(askAll('GET /agents'))
  const { data: connections } = useQuery(askAll('GET /connections'))
  const set = (part: Partial<Draft>) => onChange({ ...draft, ...part })
  return (
    <>
      <p className="text-sm text-soft">A group in which nothing is chosen fits every call.</p>
      <Picks
        label="Effect"
        chosen={draft.effects}
        onChange={effects => set({ effects })}
        options={['read', 'write', 'destructive'].map(effect => ({ value: effect, label: effect }))}
      />
      <Picks
        label="App"
        chosen={draft.providers}
        onChange={chosen => set({ providers: chosen })}
        options={(providers?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
      />
      <Picks
        label="Connection"
        chosen={draft.connections}
        onChange={chosen => set({ connections: chosen })}
        options={(connections?.items ?? []).map(({ id, label, provider }) => ({ value: id, label, about: provider }))}
      />
      <Picks
        label="Agent"
        chosen={draft.agents}
        onChange={chosen => set({ agents: chosen })}
        options={(agents?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Picks
        label="Environment"
        chosen={draft.environments}
        onChange={environments => set({ environments })}
        options={['live', 'test'].map(name => ({ value: name, label: name }))}
      />
      <Field name="match.tools" label="Tools" hint="Names, or patterns such as github_delete_*; one a line.">
        <TextArea value={draft.tools} onChange={event => set({ tools: event.target.value })} />
      </Field>
      <ConditionFields conditions={draft.conditions} onChange={conditions => set({ conditions })} />
      <Field
        name="match.moreThan"
        label="More items at once than"
        hint="Counts the largest list in the arguments, such as recipients."
      >
        <Input
          inputMode="numeric"
          value={draft.moreThan}
          onChange={event => set({ moreThan: event.target.value })}
          placeholder="any number"
          className="max-w-48"
        />
      </Field>
    </>
  )
}
