import type { NewEvent } from './record-event.ts'

/** What is told of a call that went on by itself. Times in Unix milliseconds. */
export type EndedCall = {
  callId: string
  workspaceId: string
  tool: string
  provider: string
  /** Id of the connection. */
  connection: string
  outcome: 'succeeded' | 'failed' | 'unknown'
  /** Error code, or empty. */
  code: string
  startedAt: number
  endedAt: number
}

/** The event of a call that has ended: these facts and no others. Arguments and answer stay with the call. Pure. */
export function callEnded(call: EndedCall): NewEvent {
  const { callId, workspaceId, tool, provider, connection, outcome, code, startedAt, endedAt } = call
  const times = { startedAt: new Date(startedAt).toISOString(), endedAt: new Date(endedAt).toISOString() }
  return {
    workspaceId,
    type: 'call.ended',
    subject: callId,
    facts: { tool, provider, connection, outcome, code, ...times },
  }
}
