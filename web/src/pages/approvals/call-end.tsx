import { useQuery } from '@tanstack/react-query'
import { ask } from '../../api/queries.ts'
import { ProblemNote } from '../../kit/problem-note.tsx'

/** What became of an approved call. Its answer is the agent's and is not shown. */
export function CallEnd({ callId }: { callId: string }) {
  const { data, error } = useQuery({
    ...ask('GET /calls/{id}', { params: { id: callId }, query: { wait: 10 } }),
    refetchInterval: query => (query.state.data?.state === 'ended' ? false : 500),
  })
  if (error) return <ProblemNote problem={error} />
  if (data?.state !== 'ended')
    return (
      <p role="status" className="mt-2 text-soft">
        Being sent…
      </p>
    )
  if (!data.problem) return <p className="mt-2 text-good">It was sent and succeeded. The agent has its answer.</p>
  return (
    <div className="mt-2">
      <p className="text-bad">{data.problem.title}.</p>
      <p className="text-sm text-soft">{data.problem.detail}</p>
    </div>
  )
}
