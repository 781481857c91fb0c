import { useState } from 'react'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { useMe } from '../../session/use-me.ts'
import { TwoFactorOff } from './two-factor-off.tsx'
import { TwoFactorOn } from './two-factor-on.tsx'

/** One-time codes of an authenticator app as a second step of signing in. */
export function TwoFactor() {
  const { twoFactor, hasPassword } = useMe().person
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  if (!hasPassword) return null
  return (
    <Card
      title="Two-factor sign-in"
      about="A code from an authenticator app after your password: then the password alone opens nothing."
      actions={<Badge tone={twoFactor ? 'good' : 'plain'}>{twoFactor ? 'on' : 'off'}</Badge>}
    >
      <Button onClick={() => setOpen(true)}>{twoFactor ? 'Turn off…' : 'Turn on…'}</Button>
      {twoFactor ? <TwoFactorOff open={open} onClose={close} /> : <TwoFactorOn open={open} onClose={close} />}
    </Card>
  )
}
