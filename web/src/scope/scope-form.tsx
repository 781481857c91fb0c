import { Field } from '../kit/field.tsx'
import { RadioCards } from '../kit/radio-cards.tsx'
import { Select } from '../kit/select.tsx'
import { AllOrChosen } from './all-or-chosen.tsx'
import { type Choices, changed, connectionsFor } from './choices.ts'
import { type Draft, problemsOf } from './draft.ts'
import { EffectChoices } from './effect-choices.tsx'
import { MoreTerms } from './more-terms.tsx'

const environments = [
  { value: 'live', label: 'Live', about: 'Works with the real accounts.' },
  { value: 'test', label: 'Test', about: 'Works only with connections that were added for tests.' },
] as const

const never = 'never'
const ends = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: never, label: 'Until it is revoked' },
]

/**
 * Chooses what a key may do. It holds nothing itself: `draft` is what it shows, and `onChange` gets the next one.
 * @param props `isNew` is false for a key that is there: where it works and when it ends cannot be changed any more;
 *   `limits` is false where none can be set
 */
export function ScopeForm({
  draft,
  choices,
  isNew = true,
  limits = true,
  onChange,
}: {
  draft: Draft
  choices: Choices
  isNew?: boolean
  limits?: boolean
  onChange(draft: Draft): void
}) {
  const problems = problemsOf(draft)
  const change = (part: Partial<Draft>) => onChange(changed(draft, part, choices))
  const providerNames = new Map(choices.providers.map(({ slug, name }) => [slug, name]))
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <EffectChoices chosen={draft.effects} problem={problems.effects} onChange={effects => change({ effects })} />
      {isNew && (
        <RadioCards
          name="environment"
          label="Environment"
          options={environments}
          value={draft.environment}
          onChange={environment => change({ environment })}
        />
      )}
      <AllOrChosen
        label="Apps"
        all="Every app"
        some="Only chosen apps"
        none="There are no apps here."
        options={choices.providers.map(({ slug, name }) => ({ value: slug, label: name }))}
        chosen={draft.providers}
        problem={problems.providers}
        onChange={providers => change({ providers })}
      />
      <AllOrChosen
        label="Connections"
        all={`Every ${draft.environment} connection`}
        some="Only chosen connections"
        none={
          draft.providers.length === 0
            ? 'Choose the apps first.'
            : `There is no ${draft.environment} connection${draft.providers === 'all' ? '' : ' of these apps'} to choose.`
        }
        options={connectionsFor(choices, draft).map(({ id, label, provider, account }) => ({
          value: id,
          label,
          about: `${providerNames.get(provider) ?? provider}, ${account.label}`,
        }))}
        chosen={draft.connections}
        problem={problems.connections}
        onChange={connections => change({ connections })}
      />
      {isNew && (
        <Field name="expiresInDays" label="Ends after">
          <Select
            options={ends}
            value={draft.expiresInDays ?? never}
            onChange={({ target: { value } }) => change({ expiresInDays: value === never ? null : Number(value) })}
          />
        </Field>
      )}
      <MoreTerms draft={draft} problems={problems} limits={limits} onChange={change} />
    </div>
  )
}
