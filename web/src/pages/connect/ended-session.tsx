import { Link } from '@tanstack/react-router'
import { Ban, CircleCheck, CircleX, Hourglass } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Outcome } from '../../scope/outcome.tsx'
import type { Opened } from './session.ts'
import { isPopup, tellOpener } from './tell-opener.ts'

/** How long the end can be read before the window goes. */
const shownMs = 1_200

/** A connect session that is over: how it ended, and what there is to do. */
export function EndedSession({ session }: { session: Opened }) {
  const { connection, id, provider, reconnects, state } = session
  const connectionId = connection?.id ?? null
  useEffect(() => tellOpener({ sessionId: id, state, connectionId }), [id, state, connectionId])
  const isGood = state === 'connected'
  const title = { connected: 'Connected', denied: 'Not connected', failed: 'Not connected', expired: 'Too late' }
  return (
    <Panel title={state === 'awaiting_user' ? 'Connect an app' : title[state]}>
      <End session={session} />
      <AfterEnd closes={isGood || state === 'denied'} />
      {!isGood && !isPopup() && (
        <Link
          to="/connections"
          search={reconnects ? { reconnect: reconnects.id } : { connect: provider.slug }}
          className={buttonStyle('secondary')}
        >
          Try again
        </Link>
      )}
    </Panel>
  )
}

function End({ session: { askedBy, connection, environment, problem, provider, state } }: { session: Opened }) {
  const agent = askedBy.kind === 'agent' ? `“${askedBy.name}”` : undefined
  if (state === 'connected')
    return (
      <Outcome icon={CircleCheck} tone="good">
        <p className="wrap-anywhere font-medium text-ink">
          {connection
            ? `${provider.name} is connected as ${connection.account.label}.`
            : `${provider.name} is connected.`}
        </p>
        {connection && (
          <p className="wrap-anywhere">
            It is called “{connection.label}” and is for {environment} calls.
          </p>
        )}
        {agent && <p className="wrap-anywhere">{agent} is told.</p>}
      </Outcome>
    )
  if (state === 'denied')
    return (
      <Outcome icon={Ban} tone="plain">
        <p className="font-medium text-ink">{provider.name} was not connected.</p>
        <p className="wrap-anywhere">{agent ? `${agent} is told that you said no.` : 'Nothing was kept.'}</p>
      </Outcome>
    )
  if (state === 'expired')
    return (
      <Outcome icon={Hourglass} tone="plain">
        <p className="font-medium text-ink">This link has expired.</p>
        <p>A link to connect is good for half an hour. Nothing was connected.</p>
      </Outcome>
    )
  return (
    <Outcome icon={CircleX} tone="bad">
      <p className="font-medium text-ink">{provider.name} was not connected.</p>
      <p className="wrap-anywhere">{problem?.message}</p>
    </Outcome>
  )
}

/** Closes a window that one of our pages opened; says what to do with every other one. */
function AfterEnd({ closes }: { closes: boolean }) {
  const [stays, setStays] = useState(() => !closes || !isPopup())
  useEffect(() => {
    if (stays) return undefined
    const timers = [
      setTimeout(() => window.close(), shownMs),
      // A browser may refuse it.
      setTimeout(() => setStays(true), 2 * shownMs),
    ]
    return () => timers.forEach(clearTimeout)
  }, [stays])
  if (!stays) return <p className="text-faint text-sm">This window closes by itself.</p>
  if (isPopup()) return <p className="text-faint text-sm">You can close this window.</p>
  return closes ? (
    <>
      <p className="text-faint text-sm">You can close this window.</p>
      <Link to="/connections" className={buttonStyle('secondary')}>
        See your connections
      </Link>
    </>
  ) : null
}
