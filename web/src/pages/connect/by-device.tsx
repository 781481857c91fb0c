import { useState } from 'react'
import { type Answer, send } from '../../api/send.ts'
import { Answers } from './answers.tsx'
import { DeviceCode } from './device-code.tsx'
import { OAuthForm } from './oauth-form.tsx'
import type { Opened, Way } from './session.ts'

/** A code that is typed at the provider, here or on another device (RFC 8628). */
export function ByDevice({ session, way }: { session: Opened; way: Way }) {
  const { id, provider } = session
  const [code, setCode] = useState<Answer<'POST /connect-sessions/{id}/device'>>()
  if (code)
    return (
      <div className="flex flex-col gap-5">
        <DeviceCode key={code.userCode} session={session} code={code} onAnother={() => setCode(undefined)} />
        <Answers session={session} />
      </div>
    )
  return (
    <OAuthForm
      session={session}
      way={way}
      about={`You get a code, and type it at ${provider.name}: here, or on your phone. For places that cannot be sent back to.`}
      yes="Get a code"
      begin={async body => setCode(await send('POST /connect-sessions/{id}/device', { params: { id }, body }))}
    />
  )
}
