import type { EndedCall } from '../../calls/call.ts'
import { Fault } from '../../core/errors.ts'
import { answerCall } from '../answer-call.ts'

/**
 * What a tool answers over MCP: the same value as structured content and as text, for clients that read only one.
 * `json` is its text, made once; both forms are written from it.
 */
export type ToolResult = { json: string; value: object; isError: boolean }

export function resultOfValue(value: unknown): ToolResult {
  if (isToolResult(value)) return value
  const object = Array.isArray(value) ? { items: value } : Object(value)
  return { json: JSON.stringify(object), value: object, isError: false }
}

/** Structured content with the code, and what to do next. Never a JSON-RPC error: the model is meant to read it. */
export function resultOfFault({ code, message, fix, retryable, details }: Fault): ToolResult {
  const { callId, outcome, ...rest } = details
  const value = { callId, outcome, error: { code, message, fix, retryable, ...rest } }
  return { json: JSON.stringify(value), value, isError: true }
}

export function resultOfCall(ended: EndedCall): ToolResult {
  const answer = answerCall(ended)
  return answer instanceof Fault ? resultOfFault(answer) : resultOfValue(answer)
}

function isToolResult(value: unknown): value is ToolResult {
  return typeof value === 'object' && value !== null && 'json' in value && 'isError' in value
}
