import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { fragment } from '../../session/fragment.ts'
import { useEnter } from '../../session/use-enter.ts'
import { Elsewhere } from '../sign-in/elsewhere.tsx'
import { AcceptAsMe } from './accept-as-me.tsx'
import { NewAccount } from './new-account.tsx'
import { useInvitation } from './use-invitation.ts'

const roles = { owner: 'an owner', admin: 'an admin', member: 'a member' }

/** Accepting an invitation: as who is signed in, with a new account, or after signing in. */
export function InvitePage() {
  const [token] = useState(fragment)
  const enter = useEnter()
  const setup = useQuery(ask('GET /setup'))
  const me = useQuery({ ...ask('GET /me'), retry: false })
  const invitation = useInvitation(token)

  if (token === '') {
    return (
      <Panel
        title="This link is not whole"
        about="Open the invitation exactly as it was sent, with what follows the #."
      />
    )
  }
  if (invitation.error) {
    return (
      <Panel title="This invitation cannot be used">
        <ProblemNote problem={invitation.error} />
      </Panel>
    )
  }
  if (!invitation.data || me.isPending) {
    return (
      <Panel title="Invitation">
        <Skeleton className="h-40" />
      </Panel>
    )
  }
  const { workspace, role, email, accountExists } = invitation.data
  const title = `Join ${workspace}`
  const about = `You are invited to this ClawLink workspace as ${roles[role]}.`
  if (me.data) {
    return (
      <Panel title={title} about={about}>
        <AcceptAsMe token={token} email={email} me={me.data} onDone={() => enter()} />
      </Panel>
    )
  }
  if (accountExists) {
    return (
      <Panel title={title} about={`${about} You have an account: sign in to accept.`}>
        <Link to="/sign-in" search={{ to: `/invite#${token}` }} className={buttonStyle('primary')}>
          Sign in
        </Link>
      </Panel>
    )
  }
  return (
    <Panel
      title={title}
      about={about}
      below={
        <>
          You have an account already?{' '}
          <Link
            to="/sign-in"
            search={{ to: `/invite#${token}` }}
            className="font-medium text-sea underline underline-offset-3"
          >
            Sign in to accept
          </Link>
        </>
      }
    >
      <NewAccount token={token} email={email} action="Create account and join" onDone={() => enter()} />
      {setup.data?.oidc && <Elsewhere label={setup.data.oidc.label} invitation={token} />}
    </Panel>
  )
}
