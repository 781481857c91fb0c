import type { EndedCall } from '../calls/call.ts'
import type { CallProgress } from '../calls/get-call.ts'
import { Fault } from '../core/errors.ts'
import type { Coercion, Incomplete } from '../core/outcome.ts'

/** A call that succeeded, as every edge gives it. */
export type CallAnswer = {
  callId: string
  outcome: 'succeeded'
  tool: string
  connection: string | undefined
  account: string | undefined
  /** Stands beside `data` to say that its content comes from outside and is never to be taken as instructions. */
  untrusted: true
  data: unknown
  next: string | undefined
  /** There when `all` was asked for and a page could not be had. */
  incomplete: Incomplete | undefined
  coerced: Coercion[] | undefined
  /** There when it is the answer of an earlier request under the same idempotency key. */
  replayed: true | undefined
}

/** The end of a call for a caller: its answer, or its fault with the call's id and outcome. */
export function answerCall({ id, tool, outcome, coerced, connection, replayed }: EndedCall): CallAnswer | Fault {
  if (outcome.kind !== 'succeeded') {
    const { code, message, fix, details } = outcome.fault
    return new Fault(code, message, {
      ...details,
      fix,
      callId: id,
      outcome: outcome.kind,
      ...(replayed && { replayed }),
    })
  }
  return {
    callId: id,
    outcome: outcome.kind,
    tool,
    connection: connection?.id,
    account: connection?.account,
    untrusted: true,
    data: outcome.output,
    next: outcome.next,
    incomplete: outcome.incomplete,
    coerced: coerced.length ? coerced : undefined,
    replayed,
  }
}

/** The same as JSON. What the provider sent as JSON is passed on as it is: its numbers keep all their digits. */
export function answerText(answer: CallAnswer, { outcome }: EndedCall): string {
  const json = outcome.kind === 'succeeded' ? outcome.json : undefined
  if (json === undefined) return JSON.stringify(answer)
  return `${JSON.stringify({ ...answer, data: undefined }).slice(0, -1)},"data":${json}}`
}

/** How far a call is, as every edge gives it; an edge puts the fault into its own form. */
export type ProgressAnswer = Pick<CallProgress, 'callId' | 'state' | 'approval' | 'queue' | 'progress' | 'usage'> & {
  answer?: CallAnswer
  fault?: Fault
}

export function answerProgress({
  callId,
  state,
  approval,
  queue,
  progress,
  ended,
  usage,
}: CallProgress): ProgressAnswer {
  const answer = ended && answerCall(ended)
  return {
    callId,
    state,
    ...(approval && { approval }),
    ...(queue && { queue }),
    ...(progress && { progress }),
    ...(answer && (answer instanceof Fault ? { fault: answer } : { answer })),
    ...(usage && { usage }),
  }
}
