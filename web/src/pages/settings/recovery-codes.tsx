import { Button } from '../../kit/button.tsx'
import { CodeBlock } from '../../kit/code-block.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { Note } from '../../kit/note.tsx'

/** The codes for when the authenticator app is gone, this once. */
export function RecoveryCodes({ open, codes, onClose }: { open: boolean; codes: string[]; onClose(): void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Keep your recovery codes"
      about="Each signs you in once when your authenticator app is gone. Keep them where you keep passwords."
    >
      <CodeBlock label="recovery codes" text={codes.join('\n')} />
      <Note tone="warn" title="They are shown only now." />
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          I have kept them
        </Button>
      </DialogActions>
    </Dialog>
  )
}
