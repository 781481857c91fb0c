import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { CodeBlock } from '../../kit/code-block.tsx'
import { Note } from '../../kit/note.tsx'
import { fragment } from '../../session/fragment.ts'
import { useEnter } from '../../session/use-enter.ts'
import { Elsewhere } from './elsewhere.tsx'
import { PasswordStep } from './password-step.tsx'
import { problemWords } from './problem-words.ts'
import { SecondStep } from './second-step.tsx'

/** Signing in: with a password or elsewhere, then perhaps with a code. */
export function SignInPage() {
  const { to } = useSearch({ from: '/sign-in' })
  const enter = useEnter()
  const setup = useQuery(ask('GET /setup'))
  useEnterOnceSignedIn(to)
  // Signing in elsewhere comes back with what came of it.
  const [back] = useState(() => new URLSearchParams(fragment()))
  const [challenge, setChallenge] = useState(back.get('challenge') ?? undefined)
  const problem = back.get('problem')

  if (setup.data?.needsOwner) return <NoOwnerYet />
  if (challenge !== undefined) {
    return (
      <Panel title="Enter your code" about="From your authenticator app, or one of your recovery codes.">
        <SecondStep challenge={challenge} onDone={() => enter(to)} onBack={() => setChallenge(undefined)} />
      </Panel>
    )
  }
  return (
    <Panel title="Sign in" below="No account? Somebody in the workspace can send you an invitation link.">
      {problem && <Note tone="bad" title={problemWords(problem)} />}
      <PasswordStep onDone={() => enter(to)} onSecondFactor={setChallenge} />
      {setup.data?.oidc && <Elsewhere label={setup.data.oidc.label} to={to} />}
    </Panel>
  )
}

/** Goes on where somebody is signed in already, or has signed in meanwhile in another tab. */
function useEnterOnceSignedIn(to: string | undefined) {
  const enter = useEnter()
  const isSignedIn = useQuery({ ...ask('GET /me'), retry: false }).data !== undefined
  useEffect(() => {
    if (isSignedIn) void enter(to)
  }, [isSignedIn, enter, to])
}

function NoOwnerYet() {
  return (
    <Panel
      title="This ClawLink has no owner yet"
      about="Open the one-time link that ClawLink printed where it was started. Whoever opens it first becomes the owner."
    >
      <p className="text-soft text-sm">The link is gone, or more than a day old? This prints a new one:</p>
      <CodeBlock label="command" text="npx clawlink owner-link" />
    </Panel>
  )
}
