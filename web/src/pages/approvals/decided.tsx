import { Card } from '../../kit/card.tsx'
import { Time } from '../../kit/time.tsx'
import type { ApprovalDetail } from './approval.ts'
import { CallEnd } from './call-end.tsx'

/** What was decided, by whom, and what came of it. */
export function Decided({ approval }: { approval: ApprovalDetail }) {
  const { state, decidedBy, decidedAt, word, callId } = approval
  if (state === 'expired') return <Card>{word || 'Nobody decided in time, so the call was not made.'}</Card>
  return (
    <Card>
      <p>
        {state === 'approved' ? 'Approved' : 'Denied'} by {decidedBy ?? 'a former member'}
        {decidedAt && (
          <>
            , <Time at={decidedAt} />
          </>
        )}
        .
      </p>
      {word && <p className="mt-2 italic">“{word}”</p>}
      {state === 'approved' && <CallEnd callId={callId} />}
    </Card>
  )
}
