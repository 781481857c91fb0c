/** One Ctrl-C arrives several times within milliseconds: from the terminal, from npm, and from whatever started this. */
const sameKeyMs = 1000

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. Another one, later than an echo of the first, ends the process at once. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    let askedAt: number | undefined
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        askedAt ??= performance.now()
        if (performance.now() - askedAt > sameKeyMs) process.exit(130)
        resolve(signal)
      })
    }
  })
}
