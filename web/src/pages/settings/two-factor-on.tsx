import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { CodeBlock } from '../../kit/code-block.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { QrCode } from './qr-code.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

/** Turning one-time codes on: the password, the app, a first code, the recovery codes. */
export function TwoFactorOn({ open, onClose }: { open: boolean; onClose(): void }) {
  const client = useQueryClient()
  const [made, setMade] = useState<{ secret: string; uri: string }>()
  const [codes, setCodes] = useState<string[]>()
  const close = async () => {
    onClose()
    setMade(undefined)
    setCodes(undefined)
    // Only now: this dialog goes away once the account says that it is on.
    if (codes)
      await Promise.all(['GET /me', 'GET /me/sessions'].map(name => client.invalidateQueries({ queryKey: [name] })))
  }
  if (codes) return <RecoveryCodes open={open} codes={codes} onClose={close} />
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Turn on two-factor sign-in"
      about={
        made
          ? 'Scan this with your authenticator app, then type the code that it shows.'
          : 'First your password, so that nobody does this for you.'
      }
    >
      {made ? (
        <FirstCode made={made} onCancel={close} onDone={setCodes} />
      ) : (
        <PasswordFirst onCancel={close} onDone={setMade} />
      )}
    </Dialog>
  )
}

function PasswordFirst({
  onCancel,
  onDone,
}: {
  onCancel(): void
  onDone(made: { secret: string; uri: string }): void
}) {
  const begin = useSend('POST /me/totp', { onSuccess: onDone })
  return (
    <Form problem={begin.error} onSubmit={read => begin.mutate({ body: { password: read('password') } })}>
      <Field name="password" label="Password">
        <Input type="password" autoComplete="current-password" required autoFocus />
      </Field>
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" busy={begin.isPending}>
          Continue
        </Button>
      </DialogActions>
    </Form>
  )
}

function FirstCode({
  made,
  onCancel,
  onDone,
}: {
  made: { secret: string; uri: string }
  onCancel(): void
  onDone(codes: string[]): void
}) {
  const confirm = useSend('POST /me/totp/confirm', { onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes) })
  return (
    <Form
      problem={confirm.error}
      onSubmit={read => confirm.mutate({ body: { code: read('code').replaceAll(/\s/g, '') } })}
    >
      <QrCode text={made.uri} label="QR code for your authenticator app" />
      <div className="flex flex-col gap-1.5 text-sm">
        <p className="text-soft">Cannot scan? Type this key into the app:</p>
        <CodeBlock label="key for the authenticator app" text={made.secret} />
      </div>
      <Field name="code" label="Code">
        <Input
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          autoFocus
          className="font-mono tracking-wider"
        />
      </Field>
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" busy={confirm.isPending}>
          Turn on
        </Button>
      </DialogActions>
    </Form>
  )
}
