import { Checkbox } from '../../kit/checkbox.tsx'
import { Disclosure } from '../../kit/disclosure.tsx'
import { Field } from '../../kit/field.tsx'
import { useFieldProblem } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { own } from './given.ts'
import type { Opened } from './session.ts'

/** What one may say about the connection but need not. One that is reconnected keeps what it has. */
export function More({ session: { environment, label, provider, reconnects } }: { session: Opened }) {
  const problem = useFieldProblem(own.label)
  if (reconnects) return null
  return (
    <Disclosure summary="More: label, default" open={problem !== undefined}>
      <Field
        name={own.label}
        label="Label"
        hint="What you call it, such as “work”. It is named after the account otherwise."
      >
        <Input defaultValue={label} maxLength={80} autoComplete="off" />
      </Field>
      <Checkbox
        name={own.makeDefault}
        label={`Make it the default for ${environment}`}
        hint={`A ${environment} call to ${provider.name} that names no connection takes this one then.`}
      />
    </Disclosure>
  )
}
