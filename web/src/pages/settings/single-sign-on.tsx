import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog, DialogSubmit } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { signInElsewhere } from '../../session/sign-in-elsewhere.ts'
import { useMe } from '../../session/use-me.ts'
import { Part } from './part.tsx'

/** Linking the account at the OpenID provider; nothing where there is none, or for whoever signs in there already. */
export function SingleSignOn() {
  const [open, setOpen] = useState(false)
  const setup = useQuery(ask('GET /setup'))
  const { person } = useMe()
  const link = useMutation({ mutationFn: signInElsewhere })
  const oidc = setup.data?.oidc
  if (!oidc || !person.hasPassword) return null
  const close = () => {
    setOpen(false)
    link.reset()
  }
  return (
    <Part title="Single sign-on" about={`Sign in with ${oidc.label} besides your password.`}>
      <Button className="self-start" onClick={() => setOpen(true)}>
        Link {oidc.label}
      </Button>
      <Dialog
        open={open}
        onClose={close}
        title={`Link ${oidc.label}`}
        about="First your password, so that nobody does this for you."
      >
        <Form problem={link.error} onSubmit={read => link.mutate({ password: read('password') })}>
          <Field name="password" label="Password">
            <Input type="password" autoComplete="current-password" required autoFocus />
          </Field>
          <DialogSubmit onClose={close} busy={link.isPending}>
            Continue
          </DialogSubmit>
        </Form>
      </Dialog>
    </Part>
  )
}
