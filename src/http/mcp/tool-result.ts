import type { EndedCall } from '../../calls/call.ts'
import type { CallProgress } from '../../calls/get-call.ts'
import { Fault } from '../../core/errors.ts'
import { answerCall, answerProgress, answerText } from '../answer-call.ts'
import { followTool } from './protocol.ts'

/**
 * What a tool answers over MCP: the same value as structured content and as text, for clients that read only one.
 * `json` is its text, made once; both forms are written from it.
 */
export type ToolResult = {
  json: string
  value: object
  isError: boolean
  /** There when it goes on later, for clients that can wait in ways of their own. */
  parked?: Parked
}

/** A call by its id, or a connect session by its own; with a link where a person has to do something there first. */
export type Parked = { id: string; link?: string }

export function resultOfValue(value: unknown): ToolResult {
  if (isToolResult(value)) return value
  const object = Array.isArray(value) ? { items: value } : Object(value)
  return { json: JSON.stringify(object), value: object, isError: false }
}

/** Structured content with the code, and what to do next. Never a JSON-RPC error: the model is meant to read it. */
export function resultOfFault({ code, message, fix, retryable, details }: Fault): ToolResult {
  const { callId, outcome, replayed, ...rest } = details
  const value = { callId, outcome, replayed, error: { code, message, fix, retryable, ...rest } }
  return { json: JSON.stringify(value), value, isError: true }
}

export function resultOfCall(ended: EndedCall): ToolResult {
  const answer = answerCall(ended)
  if (!(answer instanceof Fault)) return { json: answerText(answer, ended), value: answer, isError: false }
  if (answer.code === 'approval_required') return resultOfParked(answer)
  return answer.code === 'queued' ? resultOfQueued(answer) : resultOfFault(answer)
}

/** A call that waits for a member is no error: the model shows the link and asks for the call later. */
function resultOfParked({ code, message, details }: Fault): ToolResult {
  const { callId = '', link = '', approvalId, expiresAt, replayed } = details
  const fix = `Show the link to the person, then ask ${followTool} with this callId.`
  const value = { callId, outcome: 'parked', status: code, message, link, approvalId, expiresAt, fix, replayed }
  return { json: JSON.stringify(value), value, isError: false, parked: { id: callId, link } }
}

/** Nor is one that goes on by itself. */
function resultOfQueued({ code, message, details }: Fault): ToolResult {
  const { callId = '', queue, retryAfterMs, replayed } = details
  const fix = `Do not call again. Ask ${followTool} with this callId; with \`wait\` it waits for the end.`
  const value = { callId, outcome: 'parked', status: code, message, queue, retryAfterMs, fix, replayed }
  return { json: JSON.stringify(value), value, isError: false, parked: { id: callId } }
}

/** How far a call is: what it would have answered stands in `answer` or `error`. */
export function resultOfProgress(progress: CallProgress): ToolResult {
  const { fault, ...told } = answerProgress(progress)
  return resultOfValue(fault ? { ...told, ...resultOfFault(fault).value } : told)
}

function isToolResult(value: unknown): value is ToolResult {
  return typeof value === 'object' && value !== null && 'json' in value && 'isError' in value
}

/** The same as the SDK takes it. */
export function contentOf({ json, value, isError }: ToolResult) {
  const content = [{ type: 'text' as const, text: json }]
  return { content, structuredContent: { ...value }, ...(isError && { isError: true }) }
}
