import { useState } from 'react'
import { Input } from '../../kit/input.tsx'

type Props = { label: string; placeholder: string; value: string | undefined; onChange(value: string): void }

/** Words that narrow a list. They count on Enter, on leaving, and when they are cleared. */
export function TextFilter(props: Props) {
  return <Typed key={props.value ?? ''} {...props} />
}

function Typed({ label, placeholder, value = '', onChange }: Props) {
  const [text, setText] = useState(value)
  const take = (words: string) => words !== value && onChange(words)
  return (
    <Input
      type="search"
      aria-label={label}
      className="sm:max-w-64"
      value={text}
      maxLength={200}
      autoComplete="off"
      placeholder={placeholder}
      onChange={({ target }) => {
        setText(target.value)
        if (target.value === '') take('')
      }}
      onBlur={() => take(text.trim())}
      onKeyDown={event => event.key === 'Enter' && take(text.trim())}
    />
  )
}
