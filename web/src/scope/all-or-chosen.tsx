import { useId, useState } from 'react'
import { Checkbox } from '../kit/checkbox.tsx'
import { Input } from '../kit/input.tsx'

type Option = { value: string; label: string; about?: string }

/** More than this many are easier found by typing. */
const manyOptions = 8

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

function Boxes({
  label,
  options,
  chosen,
  onChange,
}: {
  label: string
  options: readonly Option[]
  chosen: readonly string[]
  onChange(chosen: readonly string[]): void
}) {
  const [sought, seek] = useState('')
  const shown = options.filter(option => `${option.label} ${option.about}`.toLowerCase().includes(sought.toLowerCase()))
  return (
    <div className="flex flex-col gap-3">
      {options.length > manyOptions && (
        <Input
          type="search"
          aria-label={`Find in ${label}`}
          placeholder="Find"
          value={sought}
          onChange={event => seek(event.target.value)}
        />
      )}
      <div className="-m-1 grid max-h-72 gap-x-4 gap-y-4 overflow-y-auto sm:gap-y-3 p-1 sm:grid-cols-2">
        {shown.map(({ value, label: text, about }) => (
          <Checkbox
            key={value}
            label={text}
            hint={about}
            checked={chosen.includes(value)}
            onChange={event =>
              onChange(event.target.checked ? [...chosen, value] : chosen.filter(each => each !== value))
            }
          />
        ))}
        {shown.length === 0 && <p className="text-soft text-sm">Nothing of that name.</p>}
      </div>
    </div>
  )
}
