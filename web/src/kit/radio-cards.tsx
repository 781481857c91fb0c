import { type ReactNode, useId } from 'react'

/** One of a few that need a word of explanation each. The value is in the form by `name`. */
export function RadioCards<T extends string>({
  name,
  label,
  options,
  value,
  defaultValue,
  onChange,
}: {
  name: string
  label: string
  options: readonly { value: T; label: string; about?: ReactNode }[]
  value?: T
  defaultValue?: T
  onChange?(value: T): void
}) {
  const id = useId()
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-sm">{label}</legend>
      {options.map((option, index) => (
        <label
          key={option.value}
          htmlFor={`${id}-${index}`}
          className="flex cursor-pointer items-start gap-2.5 rounded-lg border border-line p-3 transition-colors hover:bg-hover has-checked:border-sea has-checked:bg-sea-wash"
        >
          <input
            type="radio"
            id={`${id}-${index}`}
            name={name}
            value={option.value}
            className="mt-0.5 size-4.5 shrink-0"
            {...(value === undefined
              ? { defaultChecked: option.value === defaultValue }
              : { checked: option.value === value })}
            onChange={() => onChange?.(option.value)}
          />
          <span className="min-w-0 text-sm">
            <span className="block font-medium">{option.label}</span>
            {option.about && <span className="block text-soft">{option.about}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
