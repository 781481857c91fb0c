import { useState } from 'react'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { useMe } from '../../session/use-me.ts'
import { Part } from './part.tsx'
import { TwoFactorOff } from './two-factor-off.tsx'
import { TwoFactorOn } from './two-factor-on.tsx'

/** One-time codes of an authenticator app as a second step of signing in. */
export function TwoFactor() {
  const { twoFactor, hasPassword } = useMe().person
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  if (!hasPassword) return null
  return (
    <Part
      title={
        <>
          Two-factor sign-in <Badge tone={twoFactor ? 'good' : 'plain'}>{twoFactor ? 'on' : 'off'}</Badge>
        </>
      }
      about="A code from an authenticator app after your password: then the password alone opens nothing."
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-soft text-sm">
          {twoFactor ? 'Signing in asks for a code.' : 'Your password alone signs you in.'}
        </p>
        <Button onClick={() => setOpen(true)}>{twoFactor ? 'Turn off…' : 'Turn on…'}</Button>
      </div>
      {twoFactor ? <TwoFactorOff open={open} onClose={close} /> : <TwoFactorOn open={open} onClose={close} />}
    </Part>
  )
}
