import type { Point } from './db.ts'

export type TurnSharing = {
  /** The same query, asked once for all who ask the same in one turn of the event loop. Rows are shared: do not change them. */
  share<Row>(ask: Point<Row>): Point<Row>
  /** Forgets what was read: called when something was written. */
  forget(): void
}

/** What the group commit is for writes, for reads: many calls of one turn ask for the same key, connection, credential. */
export function turnSharing(): TurnSharing {
  /** Answers belong to one, which is another after each turn and each write. */
  let time: object | undefined
  const forget = () => {
    time = undefined
  }
  const begin = () => {
    setImmediate(forget)
    return {}
  }

  return {
    share<Row>(ask: Point<Row>): Point<Row> {
      let of: object | undefined
      let answers = new Map<string, ReturnType<Point<Row>>>()
      return (...parameters) => {
        time ??= begin()
        // A map that is cleared leaves its old table behind, see deadlines.ts.
        if (of !== time) answers = new Map()
        of = time
        const key = parameters.length === 1 ? String(parameters[0]) : JSON.stringify(parameters)
        let answer = answers.get(key)
        if (!answer) {
          answer = ask(...parameters)
          answers.set(key, answer)
        }
        return answer
      }
    },
    forget,
  }
}
