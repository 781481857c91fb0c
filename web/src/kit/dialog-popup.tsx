import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { classes } from './classes.ts'
import type { DialogProps } from './dialog.tsx'
import { IconButton } from './icon-button.tsx'

const shapes = {
  small: 'sm:max-w-md',
  wide: 'sm:max-w-2xl',
  sheet: 'sm:max-w-md',
}

/** The part of Dialog that is fetched when one first opens. */
export default function DialogPopup({ open, onClose, title, about, shape = 'small', children }: DialogProps) {
  return (
    <Dialog.Root open={open} onOpenChange={isOpen => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-40 flex items-end justify-center sm:items-center sm:p-6">
          <Dialog.Popup
            className={classes(
              'max-h-[92dvh] w-full overflow-y-auto overscroll-contain rounded-t-2xl bg-raised shadow-popup outline-none transition duration-150 sm:rounded-2xl',
              'data-ending-style:translate-y-3 data-starting-style:translate-y-3 data-ending-style:opacity-0 data-starting-style:opacity-0',
              'pb-[env(safe-area-inset-bottom)]',
              shapes[shape],
            )}
          >
            <div className="flex items-start justify-between gap-3 px-5 pt-4">
              <div className="min-w-0 pt-0.5">
                <Dialog.Title className="text-lg tracking-tight">{title}</Dialog.Title>
                {about && (
                  <Dialog.Description render={<div />} className="mt-1 text-soft text-sm">
                    {about}
                  </Dialog.Description>
                )}
              </div>
              <Dialog.Close render={<IconButton icon={X} label="Close" className="-mr-1.5" />} />
            </div>
            <div className="flex flex-col gap-4 px-5 pt-4 pb-5">{children}</div>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
