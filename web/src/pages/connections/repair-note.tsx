import { PlugZap, RefreshCw, TriangleAlert } from 'lucide-react'
import { Button } from '../../kit/button.tsx'
import { Time } from '../../kit/time.tsx'
import { type Connection, scopesOf, states } from './connection.ts'
import type { useCheck } from './use-check.ts'

/** What is wrong with a connection, why, since when, and the one button that repairs it. */
export function RepairNote({
  connection,
  check,
  onReconnect,
}: {
  connection: Connection
  check: ReturnType<typeof useCheck>
  onReconnect(): void
}) {
  const { state, stateReason, stateAt, label } = connection
  const { meaning, repair } = states[state]
  const { missing } = scopesOf(connection)
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2.5 rounded-lg bg-warn-wash p-3 text-sm sm:ml-11">
      <div className="flex min-w-0 flex-1 basis-64 gap-2.5">
        <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
        <div className="min-w-0">
          <p className="font-medium">{meaning}</p>
          <p className="wrap-anywhere text-soft">
            {stateReason} {missing.length > 0 && `Not granted: ${missing.join(', ')}. `}
            <span className="text-faint">
              · <Time at={stateAt} />
            </span>
          </p>
        </div>
      </div>
      {repair === 'reconnect' ? (
        <Button size="small" look="primary" icon={PlugZap} onClick={onReconnect} aria-label={`Reconnect ${label}`}>
          Reconnect
        </Button>
      ) : (
        <Button
          size="small"
          look="primary"
          icon={RefreshCw}
          onClick={check.run}
          busy={check.isBusy}
          aria-label={`Check now: ${label}`}
        >
          Check now
        </Button>
      )}
    </div>
  )
}
