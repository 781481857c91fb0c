import { useState } from 'react'
import { type Answer, send } from '../../api/send.ts'
import { Form } from '../../kit/form.tsx'
import { Answers } from './answers.tsx'
import { DeviceCode } from './device-code.tsx'
import { FieldInput } from './field-input.tsx'
import { givenIn } from './given.ts'
import { More } from './more.tsx'
import { isAppMissing, OAuthAppChoice, OAuthAppMissing } from './oauth-app-choice.tsx'
import { ScopeList } from './scope-list.tsx'
import type { Opened, Way } from './session.ts'
import { useSending } from './use-sending.ts'

/** A code that is typed at the provider, here or on another device (RFC 8628). */
export function ByDevice({ session, way }: { session: Opened; way: Way }) {
  const { id, provider } = session
  const { attempt, busy, problem, run } = useSending(id)
  const [code, setCode] = useState<Answer<'POST /connect-sessions/{id}/device'>>()
  const fields = { ...session.inputs, ...way.fields }
  const scopes = [...new Set([...way.scopes, ...session.scopes])]
  if (isAppMissing(way))
    return (
      <div className="flex flex-col gap-5">
        <OAuthAppMissing session={session} way={way} />
        <Answers session={session} />
      </div>
    )
  if (code)
    return (
      <div className="flex flex-col gap-5">
        <DeviceCode key={code.userCode} session={session} code={code} onAnother={() => setCode(undefined)} />
        <Answers session={session} />
      </div>
    )
  return (
    <Form
      problem={problem}
      onSubmit={read => {
        const { fields: inputs, ...more } = givenIn(read, fields)
        void run(async () => {
          const body = { way: way.id, inputs, ...more }
          setCode(await send('POST /connect-sessions/{id}/device', { params: { id }, body }))
        })
      }}
    >
      <p className="text-soft">
        You get a code, and type it at {provider.name}: here, or on your phone. For places that cannot be sent back to.
      </p>
      {Object.entries(fields).map(([name, field]) => (
        <FieldInput key={name} name={name} field={field} attempt={attempt} />
      ))}
      {scopes.length > 0 && <ScopeList label={`What it asks ${provider.name} for`} scopes={scopes} />}
      <OAuthAppChoice way={way} />
      <More session={session} />
      <Answers session={session} yes={{ label: 'Get a code', busy }} />
    </Form>
  )
}
