import { Link } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { classes } from '../../kit/classes.ts'
import { useFirstSteps } from './use-first-steps.ts'

/** What is still to be set up. Each step ticks itself off; when all are done it goes away. */
export function GettingStarted() {
  const done = useFirstSteps()
  if (!done) return null
  const steps = Object.values(done)
  const left = steps.filter(isDone => !isDone).length
  if (left === 0) return null
  return (
    <Card title="Getting started" about={`${steps.length - left} of ${steps.length} done.`} flush>
      <ol className="divide-y divide-line">
        <Step
          done={done.agent}
          title="Pair an agent"
          about="It shows a code, you compare it here and say what it may do."
        >
          <Link to="/agents" className={buttonStyle('primary', 'small')}>
            Pair an agent
          </Link>
        </Step>
        <Step
          done={done.connection}
          title="Connect an app"
          about="Once, for all agents. None of them sees its credential."
        >
          <Link to="/connections" className={buttonStyle(done.agent ? 'primary' : 'secondary', 'small')}>
            Connect an app
          </Link>
        </Step>
        <Step
          done={done.call}
          title="Make the first call"
          about="Ask the agent to search ClawLink’s tools and use one."
        />
        <Step
          done={done.twoFactor}
          title="Protect your account"
          about="A code from an authenticator app, besides your password."
        >
          <Link to="/settings" className={buttonStyle('secondary', 'small')}>
            Turn on two-factor sign-in
          </Link>
        </Step>
      </ol>
    </Card>
  )
}

function Step({ done, title, about, children }: { done: boolean; title: string; about: string; children?: ReactNode }) {
  return (
    <li className="flex gap-3 px-4 py-3.5 sm:px-5">
      <span
        className={classes(
          'mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full border',
          done ? 'border-good bg-good text-card' : 'border-edge',
        )}
      >
        {done && <Check className="size-3.5" strokeWidth={3} aria-hidden />}
        <span className="sr-only">{done ? 'Done:' : 'To do:'}</span>
      </span>
      <div className="min-w-0 flex-1">
        <p className={classes('font-medium', done && 'text-faint line-through')}>{title}</p>
        {!done && <p className="text-soft text-sm">{about}</p>}
        {!done && children && <div className="mt-2.5 max-w-xl">{children}</div>}
      </div>
    </li>
  )
}
