import type { EndedCall } from '../../calls/call.ts'
import type { Fault } from '../../core/errors.ts'
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
export function resultOfFault(fault: Fault, more: Record<string, unknown> = {}): ToolResult {
  const { code, message, fix, retryable, details } = fault
  const value = { ...more, error: { code, message, fix, retryable, ...details } }
  return { json: JSON.stringify(value), value, isError: true }
}

export function resultOfCall(ended: EndedCall): ToolResult {
  return answerCall(ended, { success: resultOfValue, failure: resultOfFault })
}

function isToolResult(value: unknown): value is ToolResult {
  return typeof value === 'object' && value !== null && 'json' in value && 'isError' in value
}
