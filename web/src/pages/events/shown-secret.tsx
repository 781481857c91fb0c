import { CodeBlock } from '../../kit/code-block.tsx'
import { Note } from '../../kit/note.tsx'

/** The secret of an endpoint, the only time that it is shown, and what it is for. */
export function ShownSecret({ secret }: { secret: string }) {
  return (
    <>
      <CodeBlock text={secret} label="secret" />
      <Note tone="warn" title="It is shown only now.">
        Your program checks with it that a message comes from this ClawLink: any Standard Webhooks library does.
      </Note>
    </>
  )
}
