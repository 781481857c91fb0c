import type { RelayMessageRow } from '../../../db/relay-schema.ts'
import { inboxTool, respondTool } from '../protocol.ts'

/** What of a message decides what its receiver does with it. */
export type Received = {
  kind: RelayMessageRow['kind']
  body: unknown
  deliveries: number
  isOwn: boolean
}

/** So long, in seconds, a model may be quiet about a task that another agent could do as well. */
const reportEveryS = 90

/** Tells a model what to do with a message that it has received. Pure. */
export function whatNext({ kind, body, deliveries, isOwn }: Received, { offerS }: { offerS: number }): string {
  const again = deliveries > 1 ? `You were given this ${deliveries} times: see first what of it is done already. ` : ''
  return again + nextOf(kind, Object(body), { isOwn, offerS })
}

function nextOf(
  kind: Received['kind'],
  body: Record<string, unknown>,
  { isOwn, offerS }: { isOwn: boolean; offerS: number },
): string {
  if (kind === 'message') return `To reply: ${respondTool} with this messageId. Nothing to say: ${ack}`
  if (kind === 'broadcast') return isOwn ? `You said this yourself: ${ack}` : `For you to know: ${ack}`
  if (kind === 'task_update') return afterUpdate(body)
  const limited = body.capability !== null && body.capability !== undefined
  return (
    `First: ${respondTool} with this taskId and status accepted${limited ? ` within ${offerS} s` : ''}, or rejected and why. ` +
    `Then do it, and respond completed with the result, failed, or input_required with a question.` +
    (limited ? ` While you work, respond in_progress every ${reportEveryS} s, else another agent gets it.` : '')
  )
}

const ack = `put its id into ack of your next ${inboxTool}.`

function afterUpdate({ state, step }: Record<string, unknown>): string {
  if (step === 'answer') return `Your question is answered. Go on with the task, and ${ack}`
  if (step === 'cancel') return `Stop working on this task, and ${ack}`
  if (state === 'input_required') return `Answer it: ${respondTool} with this taskId and status answered.`
  if (state === 'completed') return `The task is done. Use the result, and ${ack}`
  if (state === 'failed' || state === 'rejected' || state === 'expired')
    return `Nobody works on this task any more. Decide what instead, and ${ack}`
  return `For you to know: ${ack}`
}
