import { useState } from 'react'
import { Button } from '../../kit/button.tsx'
import { classes } from '../../kit/classes.ts'

const shownMax = 480
const linesMax = 10

/** What an agent has said, text or JSON: plain, as it is, and set apart as its own words. What is long is cut until asked for. */
export function Words({ value, label }: { value: unknown; label: string }) {
  const [all, setAll] = useState(false)
  const text = textOf(value)
  const lines = text.split('\n')
  const short = lines.slice(0, linesMax).join('\n').slice(0, shownMax)
  const isLong = short.length < text.length
  return (
    <div className="flex min-w-0 flex-col items-start gap-1">
      <blockquote
        aria-label={label}
        className={classes(
          'wrap-anywhere w-full whitespace-pre-wrap border-edge border-l-2 border-dashed pl-3 text-ink text-sm',
          typeof value !== 'string' && 'font-mono text-[0.8125rem]',
        )}
      >
        {all || !isLong ? text : `${short}…`}
      </blockquote>
      {isLong && (
        <Button size="small" look="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show less' : 'Show all'}
        </Button>
      )}
    </div>
  )
}

/** What was said, to be read by a person. Pure. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')
