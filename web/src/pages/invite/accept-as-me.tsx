import { useSend } from '../../api/queries.ts'
import { Avatar } from '../../kit/avatar.tsx'
import { Button } from '../../kit/button.tsx'
import { Note } from '../../kit/note.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { useLeave } from '../../session/use-leave.ts'
import type { Me } from '../../session/use-me.ts'

/** Accepting with the account that is signed in. */
export function AcceptAsMe({
  token,
  email,
  me,
  onDone,
}: {
  token: string
  email: string | null
  me: Me
  onDone(): void
}) {
  const accept = useSend('POST /invitations/accept', { onSuccess: onDone })
  const leave = useLeave(`/invite#${token}`)
  const isForMe = email === null || email.toLowerCase() === me.person.email.toLowerCase()
  return (
    <>
      <div className="flex items-center gap-3 rounded-lg border border-line p-3 text-sm">
        <Avatar name={me.person.name} />
        <div className="min-w-0">
          <p className="truncate font-medium">{me.person.name}</p>
          <p className="truncate text-faint">{me.person.email}</p>
        </div>
      </div>
      {!isForMe && (
        <Note tone="warn" title={`This invitation is for ${email}.`}>
          Sign out and open the link again with that account.
        </Note>
      )}
      {accept.error && <ProblemNote problem={accept.error} />}
      {isForMe && (
        <Button look="primary" busy={accept.isPending} onClick={() => accept.mutate({ body: { token } })}>
          Join as {me.person.name}
        </Button>
      )}
      <Button look="quiet" onClick={() => leave.mutate({})}>
        Use another account
      </Button>
    </>
  )
}
