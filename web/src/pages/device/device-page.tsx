import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { Button } from '../../kit/button.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { CodeInput } from '../pair/code-input.tsx'
import { DeviceConsent } from './device-consent.tsx'

/** The user code of an OAuth device flow (RFC 8628, 3.3), then the decision about who shows it. */
export function DevicePage() {
  const { user_code: asked = '' } = useSearch({ from: '/signed-in/device' })
  const [code, setCode] = useState(asked)
  const navigate = useNavigate()
  const find = useSend('GET /oauth/device')
  if (find.data && find.variables)
    return (
      <DeviceConsent
        code={find.variables.query.code}
        asking={find.data}
        onOther={() => {
          find.reset()
          setCode('')
          void navigate({ to: '/device', replace: true })
        }}
      />
    )
  return (
    <Panel title="Let a device in" about="Type the code that the device or program shows.">
      <Form onSubmit={() => find.mutate({ query: { code: code.trim() } })} problem={find.error}>
        <Field name="code" label="Code" hint="Capitals or not, with the dash or without.">
          <CodeInput value={code} placeholder="XXXX-XXXX" onChange={typed => setCode(typed.toUpperCase())} />
        </Field>
        <Button type="submit" look="primary" busy={find.isPending} disabled={code.trim() === ''}>
          Find the device
        </Button>
      </Form>
    </Panel>
  )
}
