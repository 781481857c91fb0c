import { Card } from '../../kit/card.tsx'
import { CodeBlock } from '../../kit/code-block.tsx'
import { Disclosure } from '../../kit/disclosure.tsx'
import { Note } from '../../kit/note.tsx'
import type { ApprovalDetail } from './approval.ts'

/** The request as it would go out. The credential is masked by the server and never comes here. */
export function ExactRequest({ approval: { preview, arguments: args, state } }: { approval: ApprovalDetail }) {
  if (!preview)
    return (
      <Note tone={state === 'pending' ? 'warn' : 'plain'}>
        {state === 'pending'
          ? 'What would be sent now is not what was asked for, so it cannot be approved. The agent has to ask again.'
          : 'What was asked for is not kept any more.'}
      </Note>
    )
  const { method, url, headers, body } = preview
  return (
    <Card title="Exactly what would be sent">
      <div className="flex flex-col gap-3">
        <CodeBlock label="Request" text={`${method} ${url}`} copy={false} />
        {body !== undefined && <CodeBlock label="Body" text={pretty(body)} copy={false} />}
        <Disclosure summary="Headers and arguments">
          <CodeBlock label="Headers" text={headerLines(headers)} copy={false} />
          {args && <CodeBlock label="Arguments" text={pretty(args)} copy={false} />}
        </Disclosure>
      </div>
    </Card>
  )
}

const pretty = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))

function headerLines(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}
