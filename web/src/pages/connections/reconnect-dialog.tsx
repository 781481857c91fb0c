import { Button } from '../../kit/button.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { Note } from '../../kit/note.tsx'
import { type Connection, states } from './connection.ts'
import type { Wish } from './use-connecting.ts'

/** Says why a connection wants to be connected again, and goes on to do it. */
export function ReconnectDialog({
  connection,
  name,
  onStart,
  onClose,
}: {
  /** Undefined when there is none of that id any more. */
  connection: Connection | undefined
  /** Of the provider. */
  name: string
  onStart(wish: Wish): void
  onClose(): void
}) {
  if (!connection)
    return (
      <Dialog
        open
        onClose={onClose}
        title="That connection is gone"
        about="Somebody deleted it. Connect it as a new one."
      >
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
        </DialogActions>
      </Dialog>
    )
  const { meaning, tone } = states[connection.state]
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Reconnect ${name} “${connection.label}”`}
      about={`Connect ${connection.account.label} once more. It stays the same connection: its id, its label, and every rule and key that names it.`}
    >
      <Note tone={tone === 'good' ? 'good' : 'warn'} title={meaning}>
        {connection.stateReason}
      </Note>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" onClick={() => onStart(reconnectWish(connection))}>
          Reconnect
        </Button>
      </DialogActions>
    </Dialog>
  )
}

export const reconnectWish = ({ id, provider, environment }: Connection): Wish => ({
  provider,
  environment,
  connection: id,
})
