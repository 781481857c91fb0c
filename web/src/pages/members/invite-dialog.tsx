import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { CodeBlock } from '../../kit/code-block.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { Note } from '../../kit/note.tsx'
import { RadioCards } from '../../kit/radio-cards.tsx'
import { Time } from '../../kit/time.tsx'
import { useWorkspace } from '../../session/use-me.ts'
import { roleName, rolesAbout, rolesBelow } from './roles.ts'

/** Makes an invitation and shows its link, this once. */
export function InviteDialog({ open, onClose }: { open: boolean; onClose(): void }) {
  const { name, role } = useWorkspace()
  const roles = rolesBelow(role)
  const invite = useSend('POST /invitations', { refresh: ['GET /invitations'] })
  const close = () => {
    onClose()
    invite.reset()
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title={invite.data ? 'Send this link' : `Invite to ${name}`}
      about={invite.data ? undefined : 'You get a link to send. It works once, for whoever opens it first.'}
    >
      {invite.data ? (
        <>
          <CodeBlock label="invitation link" text={invite.data.link} />
          <Note tone="warn" title="It is shown only now.">
            {invite.data.email ? `Only ${invite.data.email} can use it.` : 'Whoever has it can use it.'} It ends{' '}
            <Time at={invite.data.expiresAt} />.
          </Note>
          {leadsHereAlone(invite.data.link) && (
            <Note tone="warn" title="It leads to this computer alone.">
              For people at other ones, start ClawLink where they can reach it, and name that address in
              CLAWLINK_PUBLIC_URL.
            </Note>
          )}
          <DialogActions>
            <Button look="primary" onClick={close}>
              Done
            </Button>
          </DialogActions>
        </>
      ) : (
        <Form
          problem={invite.error}
          onSubmit={read => {
            const chosen = roles.find(each => each === read('role')) ?? 'member'
            invite.mutate({ body: { role: chosen, email: read('email') || undefined } })
          }}
        >
          <Field name="email" label="Email" hint="Optional. Then only that person can accept. ClawLink sends no mail.">
            <Input type="email" autoComplete="off" />
          </Field>
          <RadioCards
            name="role"
            label="Role"
            defaultValue="member"
            options={roles.map(value => ({ value, label: roleName(value), about: rolesAbout[value] }))}
          />
          <DialogActions>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" look="primary" busy={invite.isPending}>
              Make link
            </Button>
          </DialogActions>
        </Form>
      )}
    </Dialog>
  )
}

/** Whether an address is one that every computer has for itself. Pure. */
const leadsHereAlone = (link: string) => /^(127\..*|localhost|\[::1\])$/.test(new URL(link).hostname)
