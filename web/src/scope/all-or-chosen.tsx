import { useId } from 'react'
import { Boxes, type Option } from './boxes.tsx'

/** Every one of a kind, also those to come, or only the ones that are ticked. */
export function AllOrChosen({
  label,
  all,
  some,
  none,
  options,
  chosen,
  problem,
  onChange,
}: {
  label: string
  /** What the two choices are called, and what stands there when there is nothing to choose from. */
  all: string
  some: string
  none: string
  options: readonly Option[]
  chosen: readonly string[] | 'all'
  problem?: string | undefined
  onChange(chosen: readonly string[] | 'all'): void
}) {
  const id = useId()
  return (
    <fieldset aria-describedby={problem && `${id}-problem`} className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 font-medium text-sm">{label}</legend>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <Radio group={id} label={all} checked={chosen === 'all'} onChoose={() => onChange('all')} />
        <Radio
          group={id}
          label={some}
          checked={chosen !== 'all'}
          onChoose={() => onChange(options.length === 1 ? options.map(({ value }) => value) : [])}
        />
      </div>
      {chosen !== 'all' && (
        <div className="rounded-lg border border-line bg-sunken/60 p-3">
          {options.length === 0 ? (
            <p className="text-soft text-sm">{none}</p>
          ) : (
            <Boxes label={label} options={options} chosen={chosen} onChange={onChange} />
          )}
        </div>
      )}
      {problem && (
        <p id={`${id}-problem`} className="text-sm text-warn">
          {problem}
        </p>
      )}
    </fieldset>
  )
}

function Radio({
  group,
  label,
  checked,
  onChoose,
}: {
  group: string
  label: string
  checked: boolean
  onChoose(): void
}) {
  return (
    <label className="flex cursor-pointer items-center gap-2 py-1 text-sm">
      <input type="radio" name={group} className="size-4.5 shrink-0" checked={checked} onChange={onChoose} />
      {label}
    </label>
  )
}
