import { CopyButton } from './copy-button.tsx'

/** A text to read exactly or to copy, such as a command, a key or a request. */
export function CodeBlock({ text, label, copy = true }: { text: string; label: string; copy?: boolean }) {
  return (
    <div className="flex min-w-0 items-start gap-2 rounded-lg border border-line bg-sunken py-1 pr-1 pl-3">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className="min-w-0 flex-1 overflow-auto py-1.5"
      >
        <pre className="font-mono text-[0.8125rem] leading-5">
          <code>{text}</code>
        </pre>
      </section>
      {copy && <CopyButton text={text} label={label} />}
    </div>
  )
}
