import { FileJson, Upload } from 'lucide-react'
import { type DragEvent, useId, useState } from 'react'
import { Button } from '../../kit/button.tsx'
import { classes } from '../../kit/classes.ts'

export type ChosenFile = { name: string; text: string }

/** The server takes no more; the real ones are below 2 kB. */
const maxBytes = 65_536

/** As it stands alone, whether it was written as a sentence or as a part of one. */
const asSentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`

/** Takes the file that a provider gives for an OAuth app, dropped or chosen. It is read here and goes to ClawLink alone. */
export function ClientFile({
  about,
  file,
  isWrong,
  onChange,
}: {
  about: string
  file: ChosenFile | undefined
  isWrong: boolean
  onChange(file: ChosenFile | undefined): void
}) {
  const id = useId()
  const [isOver, setOver] = useState(false)
  const [problem, setProblem] = useState<string>()
  const take = async (chosen: File | undefined) => {
    if (!chosen) return
    const said = chosen.size > maxBytes ? `${chosen.name} is larger than such a file ever is.` : undefined
    setProblem(said)
    onChange(said ? undefined : { name: chosen.name, text: await chosen.text() })
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  if (file)
    return (
      <div
        className={classes(
          'flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border p-3 text-sm',
          isWrong ? 'border-bad' : 'border-line bg-sunken',
        )}
      >
        <FileJson className="size-5 shrink-0 text-sea" aria-hidden />
        <span className="min-w-0 flex-1 break-all font-medium">{file.name}</span>
        <Button size="small" look="quiet" onClick={() => onChange(undefined)}>
          Choose another
        </Button>
      </div>
    )
  return (
    <div>
      <label
        htmlFor={id}
        onDragOver={event => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={classes(
          'flex cursor-pointer flex-col items-center gap-2 rounded-lg border border-dashed px-4 py-7 text-center text-sm transition-colors',
          'hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-sea has-focus-visible:outline-offset-2',
          isOver ? 'border-sea bg-sea-wash' : 'border-edge',
        )}
      >
        <Upload className="size-5 text-sea" aria-hidden />
        <span className="font-medium">Drop the file here, or choose it</span>
        <span className="max-w-[44ch] text-balance text-faint">{asSentence(about)}</span>
        <input
          id={id}
          type="file"
          accept=".json,application/json"
          className="sr-only"
          aria-describedby={problem && `${id}-problem`}
          onChange={event => void take(event.target.files?.[0])}
        />
      </label>
      {problem && (
        <p id={`${id}-problem`} role="alert" className="mt-1.5 text-bad text-sm">
          {problem}
        </p>
      )}
    </div>
  )
}
