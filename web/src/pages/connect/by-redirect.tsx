import { send } from '../../api/send.ts'
import { OAuthForm } from './oauth-form.tsx'
import type { Opened, Way } from './session.ts'

/** OAuth: the person says yes at the provider, which sends them back here. */
export function ByRedirect({ session, way }: { session: Opened; way: Way }) {
  const { id, provider } = session
  return (
    <OAuthForm
      session={session}
      way={way}
      about={`You sign in at ${provider.name} and see there what you allow. Then you come back here. ClawLink never sees your password.`}
      yes="Continue"
      begin={async body => {
        const { location } = await send('POST /connect-sessions/{id}/authorize', { params: { id }, body })
        window.location.assign(location)
      }}
    />
  )
}
