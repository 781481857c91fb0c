import type { IncomingHttpHeaders } from 'node:http'
import type * as z from 'zod'
import type { Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'

/** What a route's use case gets: parts that have been checked against the route's own schemas. */
export type Asked<P, Q, B> = {
  app: App
  principal: Principal
  params: P
  query: Q
  body: B
  headers: IncomingHttpHeaders
}

/** The names in a path template, as texts: `/tools/{name}` gives `{ name: string }`. */
type Params<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? { [K in Name]: string } & Params<Rest>
  : unknown

/**
 * One REST operation as data. The server validates with these schemas and the OpenAPI document is generated from them, so
 * the two cannot disagree. `run` answers with the value of the success status, or a fault.
 */
export type Route = {
  method: 'get' | 'post' | 'delete'
  /** With `{name}` for path parameters, below `/api/v1`. */
  path: string
  summary: string
  tag: string
  open?: boolean
  status: 200 | 201
  query?: z.ZodType
  body?: z.ZodType
  answer: z.ZodType
  run(asked: Asked<unknown, unknown, unknown>): unknown
}

type Shape<T> = T extends z.ZodType ? z.output<T> : undefined

/** Types `run` by the schemas beside it. */
export function route<
  A extends z.ZodType,
  const T extends string,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
>(
  definition: Omit<Route, 'run' | 'answer' | 'path' | 'query' | 'body' | 'status'> & {
    status?: Route['status']
    path: T
    query?: Q
    body?: B
    answer: A
    run(asked: Asked<Params<T>, Shape<Q>, Shape<B>>): Promise<z.input<A> | Fault> | z.input<A> | Fault
  },
): Route {
  return { status: 200, ...definition } as Route // `run` is only ever called with what these schemas have parsed
}
