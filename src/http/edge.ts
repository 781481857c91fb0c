import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Principal } from '../accounts/principal.ts'

/** What our routes can read from a request beside its own parts. */
export type Edge = { Bindings: HttpBindings; Variables: { principal: Principal } }
export type EdgeContext = Context<Edge>

/** On every answer: nothing here is to be cached, sniffed or framed. */
export const plainHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
const jsonHeaders = { 'content-type': 'application/json; charset=utf-8', ...plainHeaders }

/** Answers with JSON. Never touches `c.req.raw`, which would cost more than everything else on the way. */
export function json(c: EdgeContext, value: unknown, status: 200 | 201 | 202 = 200): Response {
  return c.body(JSON.stringify(value), status, jsonHeaders)
}
