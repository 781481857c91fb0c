import { ask } from '../api/queries.ts'

const lookAgainMs = 10_000

/** The query for calls that wait for a decision, looked at again every few seconds. */
export const pendingApprovals = () => ({
  ...ask('GET /approvals', { query: { limit: 100 } }),
  refetchInterval: lookAgainMs,
})
