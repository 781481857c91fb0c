import { useState } from 'react'
import { Checkbox } from '../kit/checkbox.tsx'
import { Input } from '../kit/input.tsx'

export type Option = { value: string; label: string; about?: string }

/** More than this many are easier found by typing. */
const manyOptions = 8

/** Several of a kind to tick, in columns. */
export function Boxes({
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
      <div className="-m-1 grid max-h-72 gap-x-4 gap-y-4 overflow-y-auto p-1 sm:grid-cols-[repeat(auto-fill,minmax(10.5rem,1fr))] sm:gap-y-3">
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
