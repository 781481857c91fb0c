import { Checkbox } from '../../kit/checkbox.tsx'

type Option = { value: string; label: string }

/** Several of a few. Says nothing while there is nothing to choose from. */
export function Picks({
  label,
  options,
  chosen,
  onChange,
}: {
  label: string
  options: readonly Option[]
  chosen: readonly string[]
  onChange(chosen: string[]): void
}) {
  // What a rule names and is not there any more can still be seen, and taken out.
  const gone = chosen.filter(value => !options.some(option => option.value === value))
  const all = [...options, ...gone.map(value => ({ value, label: value }))]
  if (!all.length) return null
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {all.map(({ value, label: text }) => (
          <Checkbox
            key={value}
            label={text}
            checked={chosen.includes(value)}
            onChange={event =>
              onChange(event.target.checked ? [...chosen, value] : chosen.filter(each => each !== value))
            }
          />
        ))}
      </div>
    </fieldset>
  )
}
