import type { JobEnd, JobKind } from './job.ts'

/** Runs about the same subject come one after the other, in this process. */
export function inTurn(run: (subject: string) => Promise<JobEnd>): JobKind['run'] {
  const running = new Map<string, Promise<unknown>>()
  return async ({ subject }) => {
    const before = running.get(subject)
    const turn = (before ?? Promise.resolve()).catch(() => {}).then(() => run(subject))
    running.set(subject, turn)
    try {
      return await turn
    } finally {
      if (running.get(subject) === turn) running.delete(subject)
    }
  }
}
