import { Link } from '@tanstack/react-router'
import { ProgressBar } from '../../kit/progress-bar.tsx'
import { useNow } from '../../kit/use-now.ts'
import { type Standing, standingText } from './standing.ts'

/** How a call stands, in words and, where the provider says how far it is, as a bar. */
export function StandingLine({ standing }: { standing: Standing }) {
  const now = useNow(1000)
  const { approval, progress } = standing
  const text = standingText(standing, now)
  return (
    <span className="flex flex-col gap-1.5">
      <span className="text-ink tabular-nums">
        {approval ? (
          <Link to="/approvals/$id" params={{ id: approval.id }} className="inline-flex min-h-6 items-center underline">
            {text}
          </Link>
        ) : (
          text
        )}
      </span>
      {progress?.percent !== undefined && <ProgressBar percent={progress.percent} label="How far the provider is" />}
    </span>
  )
}
