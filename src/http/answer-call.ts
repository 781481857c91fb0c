import type { EndedCall, SucceededCall } from '../calls/call.ts'
import type { Fault } from '../core/errors.ts'

/**
 * A call that succeeded, as every edge gives it. `untrusted` stands beside `data` to say that its content comes from
 * outside and is never to be taken as instructions.
 */
export function successOf({ id, tool, outcome, coerced, connection }: SucceededCall) {
  return {
    callId: id,
    outcome: outcome.kind,
    tool,
    connection: connection?.id,
    account: connection?.account,
    untrusted: true as const,
    data: outcome.output,
    ...(outcome.next === undefined ? {} : { next: outcome.next }),
    ...(coerced.length ? { coerced } : {}),
  }
}

/** Hands the end of a call to the edge's own form for success or for failure. */
export function answerCall<T>(
  ended: EndedCall,
  form: {
    success(answer: ReturnType<typeof successOf>): T
    failure(fault: Fault, about: { callId: string; outcome: 'failed' | 'unknown' }): T
  },
): T {
  const { outcome } = ended
  if (outcome.kind === 'succeeded') return form.success(successOf({ ...ended, outcome }))
  return form.failure(outcome.fault, { callId: ended.id, outcome: outcome.kind })
}
