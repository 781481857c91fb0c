import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Ban, CircleCheck, Hourglass, LoaderCircle } from 'lucide-react'
import { useEffect } from 'react'
import { askAll } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Outcome } from '../../scope/outcome.tsx'
import { TimeLeft } from '../../scope/time-left.tsx'
import type { Pairing } from './pairing.ts'

const titles = {
  awaiting_browser: 'Pair this device?',
  approved: 'Approved',
  completed: 'Paired',
  denied: 'Denied',
  expired: 'Too late',
} as const satisfies Record<Pairing['state'], string>

/** A pairing that nobody can decide any more, and what there is to do. */
export function DecidedPairing({ pairing }: { pairing: Pairing }) {
  const { state } = pairing
  const client = useQueryClient()
  useEffect(() => {
    // Its key is made as the device fetches it, so what was read before does not have it.
    if (state === 'completed') void client.invalidateQueries({ queryKey: askAll('GET /agents').queryKey })
  }, [client, state])
  const isOver = state === 'denied' || state === 'expired'
  return (
    <Panel title={titles[state]}>
      <End pairing={pairing} />
      {state === 'completed' && (
        <p className="text-soft text-sm">
          This pairing is used up: its code and its link are good for nothing now. If it was not you who started it,
          revoke that key under Agents.
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        <Link to="/agents" className={buttonStyle(isOver ? 'secondary' : 'primary')}>
          See your agents
        </Link>
        {isOver && (
          <Link to="/pair" className={buttonStyle('secondary')}>
            Type another code
          </Link>
        )}
      </div>
    </Panel>
  )
}

function End({ pairing: { state, label, expiresAt } }: { pairing: Pairing }) {
  if (state === 'approved')
    return (
      <Outcome icon={LoaderCircle} tone="plain" spins>
        <p className="font-medium text-ink">Waiting for “{label}” to fetch its key…</p>
        <p>
          Leave the command running on the device. It has <TimeLeft until={expiresAt} /> left.
        </p>
      </Outcome>
    )
  if (state === 'completed')
    return (
      <Outcome icon={CircleCheck} tone="good">
        <p className="font-medium text-ink">“{label}” has its key.</p>
        <p>You can close this page. The device says what to do next.</p>
      </Outcome>
    )
  if (state === 'denied')
    return (
      <Outcome icon={Ban} tone="bad">
        <p className="font-medium text-ink">“{label}” gets no key.</p>
        <p>The device is told so. Nothing else has to be done.</p>
      </Outcome>
    )
  return (
    <Outcome icon={Hourglass} tone="plain">
      <p className="font-medium text-ink">This pairing has expired.</p>
      <p>
        Nobody got a key. To try again, run <code className="font-mono">clawlink pair</code> on the device once more.
      </p>
    </Outcome>
  )
}
