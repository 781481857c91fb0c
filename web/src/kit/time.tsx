import { relativeTime } from './relative-time.ts'
import { useNow } from './use-now.ts'

const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** How long ago or ahead an ISO time is; its title has the exact time in the reader's own zone. */
export function Time({ at }: { at: string }) {
  const now = useNow()
  const ms = Date.parse(at)
  return (
    <time dateTime={at} title={absolute.format(ms)} className="whitespace-nowrap">
      {relativeTime(ms, now)}
    </time>
  )
}
