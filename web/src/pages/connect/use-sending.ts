import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '../../api/problem.ts'
import { openSession } from './session.ts'

/**
 * Sends what may hold a secret. Unlike a mutation it keeps nothing of what was sent.
 * @returns `attempt` counts up with each sending: inputs of secrets that have it as their key are empty again
 */
export function useSending(sessionId: string) {
  const client = useQueryClient()
  const [attempt, setAttempt] = useState(0)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  async function run(sending: () => Promise<void>): Promise<void> {
    setBusy(true)
    setProblem(null)
    setAttempt(before => before + 1)
    try {
      await sending()
    } catch (thrown) {
      setBusy(false)
      if (!(thrown instanceof Problem)) throw thrown
      setProblem(thrown)
      // It may be over since it was opened: then the page shows that instead.
      if (thrown.code === 'conflict') await client.invalidateQueries(openSession(sessionId))
    }
  }
  return { attempt, busy, problem, run }
}
