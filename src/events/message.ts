import type { EventRow } from '../db/schema.ts'

/** The body of a message as Standard Webhooks lays it out: the type, when it happened, and what it is about. */
export type Message = { type: string; timestamp: string; data: Record<string, unknown> }

/**
 * What endpoints are told of an event: its facts, the id of what it happened to, and, of a call, where to ask for it.
 * The same for every try. `url`: where this ClawLink is reached. Pure.
 */
export function messageOf({ type, subject, facts, at, workspace_id }: EventRow, url: string): Message {
  const told: Record<string, unknown> = JSON.parse(facts) // as recordEvent writes it
  const call = type.startsWith('call.') && { callId: subject, link: `${url}/api/v1/calls/${subject}` }
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: { workspaceId: workspace_id, subject, ...call, ...told },
  }
}
