import { plainHeaders } from '../answer.ts'

/** So often something is sent, so that nobody on the way takes the connection for a dead one. */
export const aliveEveryMs = 10_000

/** After this a client has to ask again, and so to show its key again: EventSource does it by itself. */
export const streamLastsMs = 10 * 60_000

/** An answer of server-sent events (HTML Living Standard, 9.2), which no proxy is to gather. */
export function eventStream(body: ReadableStream<Uint8Array>): Response {
  const headers = { ...plainHeaders, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }
  return new Response(body, { headers })
}
