import { Input } from '../../kit/input.tsx'

/** Where a code is typed as a device shows it. */
export function CodeInput({
  value,
  placeholder,
  onChange,
}: {
  value: string
  placeholder: string
  onChange(typed: string): void
}) {
  return (
    <Input
      value={value}
      onChange={event => onChange(event.target.value)}
      placeholder={placeholder}
      autoFocus
      required
      autoComplete="off"
      autoCapitalize="characters"
      autoCorrect="off"
      spellCheck={false}
      maxLength={40}
      className="h-14! text-center font-mono text-2xl! tracking-[0.12em]"
    />
  )
}
