import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, useSend } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { Button } from '../../kit/button.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { CodeInput } from './code-input.tsx'
import { isWholeCode, typedCode } from './typed-code.ts'

/** Finds the device that shows a code. */
export function PairPage() {
  const { code: given = '' } = useSearch({ from: '/signed-in/pair' })
  const [code, setCode] = useState(() => typedCode(given))
  const navigate = useNavigate()
  const client = useQueryClient()
  const find = useSend('GET /pairings', {
    onSuccess(pairing) {
      const params = { id: pairing.id }
      client.setQueryData(ask('GET /pairings/{id}', { params }).queryKey, pairing)
      return navigate({ to: '/pair/$id', params, search: { code: pairing.userCode } })
    },
  })
  return (
    <Panel
      title="Pair a device"
      about="Type the code that the device shows. You see who asks, and decide, on the next page."
      below={
        <>
          No code yet? Run <code className="font-mono">npx clawlink pair</code> where the agent runs, or go to{' '}
          <Link to="/agents" className="text-sea underline underline-offset-2">
            your agents
          </Link>
          .
        </>
      }
    >
      <Form onSubmit={() => find.mutate({ query: { code } })} problem={find.error}>
        <Field name="code" label="Code" hint="Capitals or not, with the dash or without.">
          <CodeInput value={code} placeholder="XXXX-XXXX" onChange={typed => setCode(typedCode(typed))} />
        </Field>
        <Button type="submit" look="primary" busy={find.isPending} disabled={!isWholeCode(code)}>
          Find the device
        </Button>
      </Form>
    </Panel>
  )
}
