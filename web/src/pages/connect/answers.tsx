import { useQueryClient } from '@tanstack/react-query'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { type Opened, openSession } from './session.ts'

/** The two answers side by side. The yes submits the form around it; without one there is only the no. */
export function Answers({ session, yes }: { session: Opened; yes?: { label: string; busy: boolean } }) {
  const client = useQueryClient()
  const { id, askedBy } = session
  const deny = useSend('POST /connect-sessions/{id}/deny', {
    onSuccess: () => client.setQueryData(openSession(id).queryKey, { ...session, state: 'denied' }),
    onError: () => client.invalidateQueries(openSession(id)),
  })
  return (
    <div className="sticky bottom-0 -mx-5 -mb-5 flex flex-col gap-3 rounded-b-2xl border-line border-t bg-card px-5 pt-4 pb-[max(1.25rem,env(safe-area-inset-bottom))] sm:-mx-7 sm:-mb-7 sm:px-7 sm:pb-6">
      {deny.error && <ProblemNote problem={deny.error} />}
      <div className={yes && 'grid grid-cols-2 gap-3'}>
        <Button onClick={() => deny.mutate({ params: { id } })} busy={deny.isPending} disabled={yes?.busy ?? false}>
          {askedBy.kind === 'agent' ? 'Deny' : 'Cancel'}
        </Button>
        {yes && (
          <Button type="submit" look="primary" busy={yes.busy} disabled={deny.isPending}>
            {yes.label}
          </Button>
        )}
      </div>
    </div>
  )
}
