import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Button } from './button.tsx'

const DialogPopup = lazy(() => import('./dialog-popup.tsx'))

export type DialogProps = {
  open: boolean
  onClose(): void
  title: string
  about?: ReactNode
  /** `sheet` comes up from the lower edge, for menus on phones. */
  shape?: 'small' | 'wide' | 'sheet'
  children?: ReactNode
}

/**
 * Asks or shows something above the page. Focus goes in, stays in and comes back; Escape closes it. For buttons at its
 * end use DialogActions.
 */
export function Dialog(props: DialogProps) {
  // Base UI's part is only fetched once it is needed; then it stays, to animate its end and give the focus back.
  const [wasOpen, setWasOpen] = useState(props.open)
  if (props.open && !wasOpen) setWasOpen(true)
  return <Suspense>{wasOpen && <DialogPopup {...props} />}</Suspense>
}

/** The buttons at the end of a dialog; the one that does it comes last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-1 flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">{children}</div>
}

type Submit = { onClose(): void; busy?: boolean; look?: 'primary' | 'danger'; children: ReactNode }

/** The end of a dialog that is a form: a way out of it, and the button that sends it. */
export function DialogSubmit({ onClose, busy = false, look = 'primary', children }: Submit) {
  return (
    <DialogActions>
      <Button onClick={onClose}>Cancel</Button>
      <Button type="submit" look={look} busy={busy}>
        {children}
      </Button>
    </DialogActions>
  )
}

/** The end of a dialog that shows what is shown this once. */
export function DialogKept({ onClose }: { onClose(): void }) {
  return (
    <DialogActions>
      <Button look="primary" onClick={onClose}>
        I have kept it
      </Button>
    </DialogActions>
  )
}
