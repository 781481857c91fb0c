import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** What our routes can read from a request beside its own parts. */
export type Edge = { Bindings: HttpBindings }
export type EdgeContext = Context<Edge>

/** On every answer: nothing here is to be cached, sniffed or framed. */
export const plainHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
export const jsonHeaders = { 'content-type': 'application/json; charset=utf-8', ...plainHeaders }

/** Answers with JSON. Like everything on the call path it never touches `c.req.raw`, which would double the cost. */
export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: jsonHeaders })
}
