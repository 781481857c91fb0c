/** Lets one at a time through, in order of asking. */
export type TurnTaking = {
  /** Whether somebody is at work. */
  busy(): boolean
  /** Runs `work` alone. Starts it at once when nobody else is at work, so that a synchronous `work` ends synchronously. */
  run<T>(work: () => T | Promise<T>): T | Promise<T>
  /** Runs `work` beside others who share. It joins them at once, unless somebody else waits for a turn behind them. */
  share<T>(work: () => Promise<T>): Promise<T>
  /** Whether some who share are at work, and one more could join them. */
  isShared(): boolean
}

export function turnTaking(): TurnTaking {
  /** Resolves when the last of those who asked is done. */
  let last: Promise<void> | undefined
  /** The same, while it is a turn that is shared and has begun. */
  let shared: Promise<void> | undefined

  function endWith(work: Promise<unknown>): Promise<void> {
    const settled = work
      .catch(() => {})
      .then(() => {
        if (last === settled) last = undefined
      })
    last = settled
    return settled
  }

  const isShared = () => last !== undefined && last === shared

  return {
    busy: () => last !== undefined,
    isShared,
    run(work) {
      const result = last ? last.then(work, work) : work()
      if (result instanceof Promise) endWith(result)
      return result
    },
    share(work) {
      if (last === undefined || isShared()) {
        const result = work()
        shared = endWith(Promise.allSettled([last, result]))
        return result
      }
      const result = last.then(() => {
        if (last === turn) shared = turn
        return work()
      })
      const turn = endWith(result)
      return result
    },
  }
}
