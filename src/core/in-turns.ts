/** Passes on together what is added in one turn of the event loop: at its end, or sooner, once there are `most` of them. */
export function inTurns<T>(
  pass: (together: T[]) => void,
  { most = Number.POSITIVE_INFINITY }: { most?: number } = {},
): {
  add(one: T): void
  /** Passes on what is there now. */
  flush(): void
} {
  let waiting: T[] = []

  function flush(): void {
    if (!waiting.length) return
    const together = waiting
    waiting = []
    pass(together)
  }

  return {
    add(one) {
      const many = waiting.push(one)
      if (many === 1) setImmediate(flush)
      else if (many === most) flush()
    },
    flush,
  }
}
