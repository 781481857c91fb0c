import { useNow } from '../kit/use-now.ts'

/** How long is left, to the second. Pure. */
function timeLeft(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Counts down to an ISO time. */
export function TimeLeft({ until }: { until: string }) {
  const now = useNow(1000)
  return (
    <span role="timer" className="tabular-nums">
      {timeLeft(Date.parse(until) - now)}
    </span>
  )
}
