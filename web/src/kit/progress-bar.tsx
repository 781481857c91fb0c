/** How far something is, 0 to 100. What it is of stands beside it; `label` is for those who do not see that. */
export function ProgressBar({ percent, label }: { percent: number; label: string }) {
  return (
    <progress
      aria-label={label}
      value={percent}
      max={100}
      className="h-1.5 w-full max-w-sm appearance-none overflow-hidden rounded-full bg-hover [&::-moz-progress-bar]:bg-sea [&::-webkit-progress-bar]:bg-transparent [&::-webkit-progress-value]:rounded-full [&::-webkit-progress-value]:bg-sea"
    />
  )
}
