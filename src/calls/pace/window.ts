/**
 * How much of a limit was used, by time: a sliding window in slices. A slice's count is free again a whole window after
 * the slice has ended, so what is counted never falls below what any window of that length really holds.
 */
export type Window = {
  windowMs: number
  sliceMs: number
  /** Slice number → how many. */
  slices: Map<number, number>
  used: number
  /** Slices below this number have been dropped. */
  droppedTo: number
}

/** What is stored of it: slice length, then pairs of slice number and count. */
export type StoredWindow = { sliceMs: number; slices: [slice: number, count: number][] }

export function openWindow(windowMs: number): Window {
  return {
    windowMs,
    sliceMs: Math.max(5, Math.ceil(windowMs / 120)),
    slices: new Map(),
    used: 0,
    droppedTo: -Infinity,
  }
}

/**
 * How much later than it was sent the provider may count a request: until its answer is there, it is counted that much
 * later here too.
 */
export const graceMs = (windowMs: number) => Math.min(windowMs, 2_000)

/** Beyond the window itself, for clocks that count whole milliseconds and those that run a little faster. */
const guardMs = (windowMs: number) => Math.min(1_000, Math.max(2, windowMs / 250))

/** When what is counted at this slice is free again. */
const freeAt = ({ windowMs, sliceMs }: Pick<Window, 'windowMs' | 'sliceMs'>, slice: number) =>
  (slice + 1) * sliceMs + windowMs + guardMs(windowMs)

const sliceAt = ({ sliceMs }: Window, atMs: number) => Math.floor(atMs / sliceMs)

/** How many count now. Drops what no longer does. */
export function usedAt(window: Window, nowMs: number): number {
  const { slices, windowMs, sliceMs } = window
  // The first slice that still counts.
  const from = Math.floor((nowMs - windowMs - guardMs(windowMs)) / sliceMs)
  if (from <= window.droppedTo) return window.used
  window.droppedTo = from
  for (const [slice, count] of slices) {
    if (slice >= from) continue
    slices.delete(slice)
    window.used -= count
  }
  return window.used
}

export function count(window: Window, atMs: number): void {
  const slice = sliceAt(window, atMs)
  window.slices.set(slice, (window.slices.get(slice) ?? 0) + 1)
  window.used++
}

/** Counts one that was counted at `fromMs` at `toMs` instead. Does nothing where it counts no longer. */
export function move(window: Window, fromMs: number, toMs: number): void {
  const from = sliceAt(window, fromMs)
  const to = sliceAt(window, toMs)
  const there = window.slices.get(from)
  if (from === to || !there || to < window.droppedTo) return
  if (there === 1) window.slices.delete(from)
  else window.slices.set(from, there - 1)
  window.slices.set(to, (window.slices.get(to) ?? 0) + 1)
}

/**
 * When so many of those that count now are free again. Where that is more than there are, those that take their places,
 * `room` in each window, have to become free again too.
 */
export function freedAt(window: Window, number: number, room: number, nowMs: number): number {
  if (number <= 0) return nowMs
  const rounds = Math.max(0, Math.ceil((number - window.used) / Math.max(1, room)))
  const later = rounds * (window.windowMs + window.sliceMs)
  let left = number - rounds * Math.max(1, room)
  let at = nowMs
  for (const [slice, count] of [...window.slices].sort(([a], [b]) => a - b)) {
    if (left <= 0) break
    at = Math.max(nowMs, freeAt(window, slice))
    left -= count
  }
  return at + later
}

export function store({ sliceMs, slices }: Window): StoredWindow {
  return { sliceMs, slices: [...slices] }
}

/** How many of what was stored still count at this time, in a window of this length. */
export function storedUse({ sliceMs, slices }: StoredWindow, windowMs: number, atMs: number): number {
  let used = 0
  for (const [slice, count] of slices) if (freeAt({ windowMs, sliceMs }, slice) > atMs) used += count
  return used
}
