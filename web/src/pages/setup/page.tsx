import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { CodeBlock } from '../../kit/code-block.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { forgetFragment, fragment } from '../../session/fragment.ts'
import { NewAccount } from '../invite/new-account.tsx'
import { useInvitation } from '../invite/use-invitation.ts'
import { FirstSteps } from './first-steps.tsx'

/** The first run: whoever opens the one-time link makes the first account and owns this ClawLink. */
export function SetupPage() {
  const [token] = useState(fragment)
  const [done, setDone] = useState(false)
  const setup = useQuery(ask('GET /setup'))
  const invitation = useInvitation(token)

  if (done) return <FirstSteps />
  if (setup.data?.needsOwner === false) return <AlreadyOwned />
  if (token === '') return <LinkNeeded />
  return (
    <Panel
      title="Welcome to ClawLink"
      about="Make the first account. It owns this ClawLink: it connects apps, pairs agents and invites others."
    >
      {invitation.isPending && <Skeleton className="h-40" />}
      {invitation.error && (
        <>
          <ProblemNote problem={invitation.error} />
          <NewLink />
        </>
      )}
      {invitation.data && (
        <NewAccount
          token={token}
          email={invitation.data.email}
          action="Create account"
          onDone={() => {
            forgetFragment()
            setDone(true)
          }}
        />
      )}
    </Panel>
  )
}

function LinkNeeded() {
  return (
    <Panel title="Open the link from the start" about="ClawLink printed a one-time link where it was started.">
      <NewLink />
    </Panel>
  )
}

function NewLink() {
  return (
    <>
      <p className="text-soft text-sm">This prints a new link, on the machine that ClawLink runs on:</p>
      <CodeBlock label="command" text="npx clawlink owner-link" />
    </>
  )
}

function AlreadyOwned() {
  return (
    <Panel title="This ClawLink has an owner" about="Its one-time link was used. If that was you, sign in.">
      <Link to="/sign-in" className={buttonStyle('primary')}>
        Sign in
      </Link>
    </Panel>
  )
}
