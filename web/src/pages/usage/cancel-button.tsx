import { CircleX } from 'lucide-react'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { useToast } from '../../kit/toast.tsx'
import { cancelWords, type OpenCall } from './standing.ts'

/** Ends a call that has not been sent, or stops following one that has, after a question. */
export function CancelButton({ call }: { call: Pick<OpenCall, 'callId' | 'state' | 'tool'> }) {
  const { callId, state, tool } = call
  const { action, ...words } = cancelWords(call)
  const confirm = useConfirm()
  const toast = useToast()
  const cancel = useSend('POST /calls/{id}/cancel', {
    refresh: ['GET /calls', 'GET /calls/{id}', 'GET /usage', 'GET /usage/summary', 'GET /approvals'],
    onSuccess: seen =>
      toast(seen.state === 'ended' ? ended(seen.problem?.code) : 'The provider has it. Nobody asks about it any more.'),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  const ask = async () => {
    if (await confirm({ ...words, action, keep: 'Keep it', danger: true })) cancel.mutate({ params: { id: callId } })
  }
  return (
    <Button
      size="small"
      icon={CircleX}
      busy={cancel.isPending}
      onClick={() => void ask()}
      aria-label={`${state === 'running' ? 'Stop' : 'Cancel'} ${tool}`}
    >
      {state === 'running' ? 'Stop' : 'Cancel'}
    </Button>
  )
}

const ended = (code: string | undefined) =>
  code === 'canceled' ? 'Canceled. It was not sent.' : 'It had ended before it could be canceled.'
