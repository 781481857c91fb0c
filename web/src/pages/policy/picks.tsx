import { Boxes, type Option } from '../../scope/boxes.tsx'

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
      <Boxes label={label} options={all} chosen={chosen} onChange={next => onChange([...next])} />
    </fieldset>
  )
}
