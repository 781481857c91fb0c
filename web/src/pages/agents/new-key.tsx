import { CodeBlock } from '../../kit/code-block.tsx'
import { Note } from '../../kit/note.tsx'
import { Tabs } from '../../kit/tabs.tsx'
import { clientLines } from './client-lines.ts'

/** A key, the only time that it is shown, and what to do with it. */
export function NewKey({ secret }: { secret: string }) {
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <div className="flex flex-col gap-2">
        <CodeBlock text={secret} label="key" />
        <Note tone="warn" title="It is shown only now.">
          ClawLink keeps no copy that can be read. If you lose it, rotate it.
        </Note>
      </div>
      <section aria-label="What to do with the key" className="flex min-w-0 flex-col gap-2">
        <h3 className="text-base">Give it to your agent</h3>
        <Tabs
          label="Clients"
          tabs={clientLines(window.location.origin, secret).map(({ client, where, lines }) => ({
            value: client,
            label: client,
            content: (
              <div className="flex flex-col gap-2">
                <p className="text-soft text-sm">{where}:</p>
                <CodeBlock text={lines} label={`lines for ${client}`} />
              </div>
            ),
          }))}
        />
      </section>
    </div>
  )
}
