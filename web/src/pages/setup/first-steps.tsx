import { Link } from '@tanstack/react-router'
import { Bot, Plug, ShieldCheck } from 'lucide-react'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { CodeBlock } from '../../kit/code-block.tsx'

const steps = [
  { icon: Bot, title: 'Pair an agent', about: 'It shows a code; you compare it here and say what the agent may do.' },
  { icon: Plug, title: 'Connect an app', about: 'Once, for all agents. They use it and never see its credential.' },
  {
    icon: ShieldCheck,
    title: 'Approve what matters',
    about: 'Destructive calls wait for your yes unless a rule allows them.',
  },
]

/** What comes after the first account. */
export function FirstSteps() {
  return (
    <Panel wide title="You own this ClawLink" about="Three steps and your agents can work.">
      <ol className="flex flex-col gap-4">
        {steps.map(({ icon: Icon, title, about }) => (
          <li key={title} className="flex gap-3">
            <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-sea-wash text-sea">
              <Icon className="size-4.5" aria-hidden />
            </span>
            <div className="text-sm">
              <h2 className="text-[0.9375rem]">{title}</h2>
              <p className="text-soft">{about}</p>
            </div>
          </li>
        ))}
      </ol>
      <div className="flex flex-col gap-1.5 text-sm">
        <p className="text-soft">In a folder of ClawLink, where the agent runs, this begins the first step:</p>
        <CodeBlock label="pairing command" text={`npx clawlink pair --url ${window.location.origin}`} />
      </div>
      <Link to="/" className={buttonStyle('primary')}>
        Go to Home
      </Link>
    </Panel>
  )
}
