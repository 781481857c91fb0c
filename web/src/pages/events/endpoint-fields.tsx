import { useState } from 'react'
import { Checkbox } from '../../kit/checkbox.tsx'
import { Field } from '../../kit/field.tsx'
import type { ReadField } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { RadioCards } from '../../kit/radio-cards.tsx'
import { type EventType, wantedTypes, wordsOf } from './event-types.ts'

/** What an endpoint is, to be typed in. */
export function EndpointFields({ url = '', about = '', types }: { url?: string; about?: string; types?: string[] }) {
  const [extent, setExtent] = useState<'all' | 'some'>(types && !types.includes('*') ? 'some' : 'all')
  return (
    <>
      <Field name="url" label="URL" hint="It starts with https:// and is not redirected.">
        <Input
          type="url"
          required
          maxLength={2048}
          autoComplete="off"
          defaultValue={url}
          placeholder="https://example.com/hooks/clawlink"
        />
      </Field>
      <Field name="about" label="What it is for" hint="Optional.">
        <Input maxLength={200} autoComplete="off" defaultValue={about} />
      </Field>
      <RadioCards
        name="extent"
        label="It is told of"
        value={extent}
        onChange={value => setExtent(value === 'all' ? 'all' : 'some')}
        options={[
          { value: 'all', label: 'Everything', about: 'Types that come later too.' },
          { value: 'some', label: 'Only these types' },
        ]}
      />
      {extent === 'some' && (
        <fieldset className="flex flex-col gap-2.5">
          <legend className="sr-only">Types</legend>
          {wantedTypes.map(type => (
            <Checkbox
              key={type}
              name={nameOfType(type)}
              defaultChecked={types?.includes(type) ?? type === 'call.ended'}
              label={<code className="font-mono text-[0.8125rem]">{type}</code>}
              hint={wordsOf(type)}
            />
          ))}
        </fieldset>
      )}
    </>
  )
}

const nameOfType = (type: EventType) => `type ${type}`

/** What was typed in, as the API takes it. */
export function readEndpoint(read: ReadField): { url: string; about: string; types: ('*' | EventType)[] } {
  const chosen = wantedTypes.filter(type => read(nameOfType(type)) !== '')
  return { url: read('url').trim(), about: read('about').trim(), types: read('extent') === 'all' ? ['*'] : chosen }
}
