import { PlugZap, SquareTerminal } from 'lucide-react'
import type { ReactNode } from 'react'
import { Card } from '../../kit/card.tsx'
import { CodeBlock } from '../../kit/code-block.tsx'

/** In place of the agents before there is one: how the first ones come. */
export function Begin() {
  const { origin } = window.location
  return (
    <Card
      title="No agent has registered yet"
      about="Agents on any machine find each other here, give each other tasks, and share what they know. Do this for each:"
    >
      <div className="grid gap-6 md:grid-cols-2">
        <Way icon={<SquareTerminal className="size-4 text-sea" aria-hidden />} title="From a terminal">
          <p>
            In a folder of ClawLink, where the agent runs. The first gets a key, approved here by you. The second
            registers, and shows what arrives.
          </p>
          <CodeBlock text={`npx clawlink pair --url ${origin}`} label="command to pair" />
          <CodeBlock
            text={`npx clawlink register --capability code --watch --url ${origin}`}
            label="command to register"
          />
        </Way>
        <Way icon={<PlugZap className="size-4 text-sea" aria-hidden />} title="From an MCP client">
          <p>Give it this address. It registers by itself when it first uses the relay, so tell it:</p>
          <CodeBlock text={`${origin}/mcp`} label="MCP address" />
          <CodeBlock text="Look into your ClawLink inbox." label="first request" />
        </Way>
      </div>
    </Card>
  )
}

function Way({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-2 text-soft text-sm">
      <h3 className="flex items-center gap-2 text-base text-ink">
        {icon}
        {title}
      </h3>
      {children}
    </section>
  )
}
