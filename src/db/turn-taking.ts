/** Lets one at a time through, in order of asking. */
export type TurnTaking = {
  /** Whether somebody is at work. */
  busy(): boolean
  /** Runs `work` alone. Starts it at once when nobody else is at work, so that a synchronous `work` ends synchronously. */
  run<T>(work: () => T | Promise<T>): T | Promise<T>
}

export function turnTaking(): TurnTaking {
  let last: Promise<unknown> | undefined
  return {
    busy: () => last !== undefined,
    run(work) {
      const result = last ? last.then(work, work) : work()
      if (!(result instanceof Promise)) return result
      const settled = result
        .catch(() => {})
        .then(() => {
          if (last === settled) last = undefined
        })
      last = settled
      return result
    },
  }
}
