import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog, DialogActions } from './dialog.tsx'

type Question = {
  title: string
  /** What happens then, and whether it can be undone. */
  about: ReactNode
  /** The verb on the button, such as `Revoke key`. */
  action: string
  /** The verb on the other button, where `Cancel` could mean both. */
  keep?: string
  /** Something ends or is lost. */
  danger?: boolean
}
type Asked = Question & { answer(yes: boolean): void }

const ConfirmContext = createContext<(question: Question) => Promise<boolean>>(async () => false)

/** `const confirm = useConfirm(); if (await confirm({ … })) …`: asks before something that is not easily undone. */
export const useConfirm = () => useContext(ConfirmContext)

/** Asks the questions of everything in it. */
export function Confirms({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>()
  const [open, setOpen] = useState(false)
  const confirm = useCallback((question: Question) => {
    return new Promise<boolean>(answer => {
      setAsked({ ...question, answer })
      setOpen(true)
    })
  }, [])
  const answer = (yes: boolean) => {
    setOpen(false)
    asked?.answer(yes)
  }
  return (
    <ConfirmContext value={confirm}>
      {children}
      <Dialog open={open} onClose={() => answer(false)} title={asked?.title ?? ''} about={asked?.about}>
        <DialogActions>
          <Button onClick={() => answer(false)}>{asked?.keep ?? 'Cancel'}</Button>
          <Button look={asked?.danger ? 'danger' : 'primary'} onClick={() => answer(true)}>
            {asked?.action}
          </Button>
        </DialogActions>
      </Dialog>
    </ConfirmContext>
  )
}
