import { FileUp } from 'lucide-react'
import { type DragEvent, useId, useRef, useState } from 'react'
import { buttonStyle } from '../../kit/button-style.ts'
import { classes } from '../../kit/classes.ts'
import { TextArea } from '../../kit/text-area.tsx'

/** Far above every key file, and below what would keep a browser busy. */
const bytesMax = 64 * 1024

/** Several lines, such as a key: pasted, chosen as a file, or dropped here as one. */
export function FileText({
  hidden,
  required,
  placeholder,
}: {
  /** Shows dots instead of what it holds. */
  hidden: boolean
  required: boolean
  placeholder: string | undefined
}) {
  const text = useRef<HTMLTextAreaElement>(null)
  const chooser = useId()
  const [isOver, setOver] = useState(false)
  const [said, say] = useState('')
  const take = async (file: File | undefined) => {
    if (!file || !text.current) return
    if (file.size > bytesMax) return say(`${file.name} is too large to be a key file.`)
    text.current.value = await file.text()
    say(`Read from ${file.name}.`)
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a further way to what the button does
    <div
      className={classes('flex flex-col gap-2 rounded-lg', isOver && 'outline-2 outline-sea outline-offset-4')}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <TextArea
        ref={text}
        required={required}
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className={classes('max-h-40 font-mono text-xs! leading-5', hidden && '[-webkit-text-security:disc]')}
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <input
          type="file"
          id={chooser}
          className="peer sr-only"
          onChange={event => {
            void take(event.target.files?.[0])
            event.target.value = ''
          }}
        />
        <label
          htmlFor={chooser}
          className={`${buttonStyle('secondary', 'small')} cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-sea peer-focus-visible:outline-offset-2`}
        >
          <FileUp aria-hidden />
          Choose a file
        </label>
        <p role="status" className="wrap-anywhere min-w-0 text-faint text-sm">
          {said || 'or drop it here'}
        </p>
      </div>
    </div>
  )
}
