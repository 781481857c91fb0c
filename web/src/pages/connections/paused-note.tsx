import { CirclePause } from 'lucide-react'
import { useNow } from '../../kit/use-now.ts'
import { type Breaker, nextTry } from './paused.ts'

/** Says that calls are paused since the provider is failing, and when one tries it again. There is nothing to do about it. */
export function PausedNote({ breaker, providerName }: { breaker: Breaker; providerName: string }) {
  const now = useNow(1000)
  return (
    <p className="flex gap-2.5 rounded-lg bg-warn-wash p-3 text-sm sm:ml-11">
      <CirclePause className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
      <span className="min-w-0 tabular-nums">
        <span className="font-medium">Paused: {providerName} is failing.</span>{' '}
        <span className="text-soft">{nextTry(breaker, now)}</span>
      </span>
    </p>
  )
}
