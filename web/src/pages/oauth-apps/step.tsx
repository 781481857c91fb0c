import { CodeBlock } from '../../kit/code-block.tsx'
import type { StepParts } from './step-parts.ts'

/** What a step says: links to the provider open beside this page, so that it stays where it is. */
export function StepText({ parts }: { parts: StepParts }) {
  return (
    <p>
      {parts.text.map(part =>
        'url' in part ? (
          <a key={part.url} href={part.url} target="_blank" rel="noreferrer" className="break-all text-sea underline">
            {part.url.replace(/^https:\/\//, '')}
          </a>
        ) : (
          part.words
        ),
      )}
    </p>
  )
}

/** What is to be entered at the provider exactly. */
export function StepCopies({ parts }: { parts: StepParts }) {
  return parts.copies.map(({ label, text }) => (
    <div key={label} className="max-h-64 min-w-0 overflow-y-auto">
      <CodeBlock label={label} text={text} />
    </div>
  ))
}
