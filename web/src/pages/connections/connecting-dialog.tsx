import { useQueryClient } from '@tanstack/react-query'
import { CircleX, Hourglass, LoaderCircle } from 'lucide-react'
import { useEffect } from 'react'
import { Button } from '../../kit/button.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { useToast } from '../../kit/toast.tsx'
import { Outcome } from '../../scope/outcome.tsx'
import type { useConnecting } from './use-connecting.ts'

/** Follows what goes on in the window that was opened, until it is over. */
export function ConnectingDialog({
  connecting,
  name,
}: {
  connecting: ReturnType<typeof useConnecting>
  /** Of the provider. */
  name: string
}) {
  const { wish, status, problem, start, openAgain, stop } = connecting
  useEnd(connecting)
  if (!wish) return null
  const isOver = problem !== null || status?.state === 'failed' || status?.state === 'expired'
  return (
    <Dialog open onClose={() => stop()} title={wish.connection ? `Reconnecting ${name}` : `Connecting ${name}`}>
      {problem && <ProblemNote problem={problem} />}
      {!isOver && (
        <Outcome icon={LoaderCircle} tone="plain" spins>
          <p className="font-medium text-ink">Go on in the window that opened.</p>
          <p>This page shows the connection as soon as it is there.</p>
          {status?.problem && <p className="text-bad">The last try failed: {status.problem.message}</p>}
        </Outcome>
      )}
      {status?.state === 'failed' && (
        <Outcome icon={CircleX} tone="bad">
          <p className="font-medium text-ink">{name} was not connected.</p>
          <p>{status.problem?.message}</p>
        </Outcome>
      )}
      {status?.state === 'expired' && (
        <Outcome icon={Hourglass} tone="plain">
          <p className="font-medium text-ink">That took too long.</p>
          <p>A link to connect is good for half an hour. Nothing was connected.</p>
        </Outcome>
      )}
      <DialogActions>
        <Button onClick={() => stop()}>{isOver ? 'Close' : 'Cancel'}</Button>
        {isOver ? (
          <Button look="primary" onClick={() => start(wish)}>
            Try again
          </Button>
        ) : (
          <Button onClick={openAgain} disabled={!status}>
            Open the window again
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}

/** Says how it ended and shows what is new, without a reload. */
function useEnd({ wish, status, stop }: ReturnType<typeof useConnecting>): void {
  const client = useQueryClient()
  const toast = useToast()
  useEffect(() => {
    if (!wish || !status) return
    if (status.state === 'denied') {
      toast('Nothing was connected.')
      stop({ leaveWindow: true })
    }
    if (status.state !== 'connected') return
    for (const name of ['GET /connections', 'GET /providers', 'GET /providers/{slug}'])
      void client.invalidateQueries({ queryKey: [name] })
    const account = status.connection ? ` to ${status.connection.account.label}` : ''
    toast(wish.connection ? `Connected again${account}.` : `Connected${account}.`)
    stop({ leaveWindow: true })
  }, [client, toast, wish, status, stop])
}
