import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { useToast } from '../../kit/toast.tsx'
import { useMe } from '../../session/use-me.ts'
import { Part } from './part.tsx'

/** Changing one's own password; nothing for who signs in elsewhere only. */
export function Password() {
  const { person } = useMe()
  const toast = useToast()
  const [changed, setChanged] = useState(0)
  const change = useSend('POST /me/password', {
    refresh: ['GET /me/sessions'],
    onSuccess({ sessionsEnded }) {
      setChanged(changed + 1)
      toast(`The password was changed${sessionsEnded > 0 ? ', and every other session ended' : ''}.`)
    },
  })
  if (!person.hasPassword) return null
  return (
    <Part title="Password" about="Changing it signs you out everywhere else.">
      <Form
        // A changed password leaves empty fields.
        key={changed}
        className="max-w-md"
        problem={change.error}
        onSubmit={read => change.mutate({ body: { current: read('current'), next: read('next') } })}
      >
        <input type="hidden" name="username" autoComplete="username" value={person.email} readOnly />
        <Field name="current" label="Current password">
          <Input type="password" autoComplete="current-password" required />
        </Field>
        <Field name="next" label="New password" hint="At least 10 characters. A few words are fine.">
          <Input type="password" autoComplete="new-password" required minLength={10} maxLength={200} />
        </Field>
        <Button type="submit" className="self-start" busy={change.isPending}>
          Change password
        </Button>
      </Form>
    </Part>
  )
}
