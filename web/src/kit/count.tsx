/** How many wait; nothing when none do. `of` completes it for those who do not see where it stands. */
export function Count({ value, of }: { value: number; of: string }) {
  if (value === 0) return null
  return (
    <span className="inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-ink px-1.5 font-semibold text-on-ink text-xs tabular-nums">
      {value > 99 ? '99+' : value}
      <span className="sr-only"> {of}</span>
    </span>
  )
}
