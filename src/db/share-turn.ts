import type { Point } from './db.ts'

export type TurnSharing = {
  /** The same query, asked once for all who ask the same in one turn of the event loop. Rows are shared: do not change them. */
  share<Row>(ask: Point<Row>): Point<Row>
  /** Forgets what was read: called when something was written. */
  forget(): void
}

/** What the group commit is for writes, for reads: many calls of one turn ask for the same key, connection, credential. */
export function turnSharing(): TurnSharing {
  const answers = new Map<object, Map<string, unknown>>()
  const forget = () => answers.clear()

  return {
    share<Row>(ask: Point<Row>): Point<Row> {
      const token = {}
      return (...parameters) => {
        let known = answers.get(token)
        if (!known) {
          if (answers.size === 0) setImmediate(forget)
          known = new Map()
          answers.set(token, known)
        }
        const key = parameters.length === 1 ? String(parameters[0]) : JSON.stringify(parameters)
        let answer = known.get(key) as ReturnType<Point<Row>> | undefined // what this very query answered
        if (!answer) {
          answer = ask(...parameters)
          known.set(key, answer)
        }
        return answer
      }
    },
    forget,
  }
}
