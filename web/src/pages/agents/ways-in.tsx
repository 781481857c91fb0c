import type { LucideIcon } from 'lucide-react'
import { KeyRound, PlugZap, TabletSmartphone } from 'lucide-react'
import type { ReactNode } from 'react'
import { Card } from '../../kit/card.tsx'
import { CodeBlock } from '../../kit/code-block.tsx'

/** Where `clawlink pair` looks when it is told nothing. */
const usualUrl = 'http://127.0.0.1:9077'

/** How an agent gets in: what an empty list teaches first, and what a full one still has at its end. */
export function WaysIn({ isFirst }: { isFirst: boolean }) {
  const { origin } = window.location
  const url = origin === usualUrl ? '' : ` --url ${origin}`
  return (
    <Card
      title={isFirst ? 'Let your first agent in' : 'Let another agent in'}
      about="Either way you see who asks, and choose what it may do, before it can do anything."
    >
      <div className="grid gap-6 md:grid-cols-2">
        <Way icon={TabletSmartphone} title="Pair from a terminal">
          <p>In a folder of ClawLink, where the agent runs. It prints a link and a code to compare.</p>
          <CodeBlock text={`npx clawlink pair${url}`} label="command to pair" />
        </Way>
        <Way icon={PlugZap} title="Sign in from an MCP client">
          <p>Give any client that knows OAuth this address. It opens this page by itself.</p>
          <CodeBlock text={`${origin}/mcp`} label="MCP address" />
        </Way>
      </div>
      <p className="mt-5 flex items-start gap-2 text-soft text-sm">
        <KeyRound className="mt-0.5 size-4 shrink-0 text-faint" aria-hidden />
        <span>A script or a server that can do neither takes a key: use “Make a key” above.</span>
      </p>
    </Card>
  )
}

function Way({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-2 text-soft text-sm">
      <h3 className="flex items-center gap-2 text-base text-ink">
        <Icon className="size-4 text-sea" aria-hidden />
        {title}
      </h3>
      {children}
    </section>
  )
}
