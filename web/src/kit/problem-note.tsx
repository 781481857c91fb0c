import type { Problem } from '../api/problem.ts'
import { Note } from './note.tsx'

/** Why something did not work, and what to do about it. */
export function ProblemNote({ problem }: { problem: Problem }) {
  return (
    <Note tone="bad" title={problem.message}>
      {problem.fix}
    </Note>
  )
}
