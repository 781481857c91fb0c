import { Field } from '../../kit/field.tsx'
import { Input } from '../../kit/input.tsx'
import { Select } from '../../kit/select.tsx'
import { FileText } from './file-text.tsx'
import { capital, type FieldView } from './session.ts'

/**
 * One thing that a provider asks for, as its connector describes it.
 * @param props `attempt` empties a secret one whenever it changes
 */
export function FieldInput({ name, field, attempt }: { name: string; field: FieldView; attempt: number }) {
  const { default: usual, example, hint, label, lines, optional, options, secret } = field
  const common = { required: !optional, placeholder: example ?? undefined, autoComplete: 'off', spellCheck: false }
  return (
    <Field name={name} label={capital(label)} hint={hint} aside={optional && <Optional />}>
      {options ? (
        <Select
          required={!optional}
          defaultValue={usual ?? ''}
          options={[
            ...(usual ? [] : [{ value: '', label: 'Choose one' }]),
            ...options.map(value => ({ value, label: value })),
          ]}
        />
      ) : lines ? (
        <FileText key={secret ? attempt : name} {...common} hidden={secret} />
      ) : secret ? (
        <Input key={attempt} type="password" {...common} className="font-mono" />
      ) : (
        <Input defaultValue={usual ?? ''} autoCapitalize="none" {...common} />
      )}
    </Field>
  )
}

function Optional() {
  return <span className="text-faint text-xs">optional</span>
}
