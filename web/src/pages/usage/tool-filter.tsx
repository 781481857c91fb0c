import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Input } from '../../kit/input.tsx'
import type { UsageSearch } from './search.ts'

type Props = { search: UsageSearch; onChange(tool: string): void }

/** The exact name of a tool, with names to choose from while it is typed. Taken over when one is chosen, on Enter, on leaving. */
export function ToolFilter({ search, onChange }: Props) {
  return <ToolName key={search.tool ?? ''} search={search} onChange={onChange} />
}

function ToolName({ search: { tool = '', provider }, onChange }: Props) {
  const id = useId()
  const [text, setText] = useState(tool)
  const { data } = useQuery({
    ...ask('GET /tools', { query: { q: text, provider, limit: 50 } }),
    placeholderData: keepPreviousData,
  })
  const take = (name: string) => name !== tool && onChange(name)
  return (
    <>
      <Input
        aria-label="Tool"
        type="search"
        value={text}
        list={id}
        maxLength={100}
        placeholder="Any tool"
        onChange={({ target: { value } }) => {
          setText(value)
          if (value === '' || data?.items.some(({ name }) => name === value)) take(value)
        }}
        onBlur={() => take(text.trim())}
        onKeyDown={event => event.key === 'Enter' && take(text.trim())}
      />
      <datalist id={id}>
        {data?.items.map(({ name, about }) => (
          <option key={name} value={name}>
            {about}
          </option>
        ))}
      </datalist>
    </>
  )
}
