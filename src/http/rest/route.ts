import type { IncomingMessage } from 'node:http'
import type * as z from 'zod'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import type { Asking, May } from '../require-principal.ts'

/** What a route's use case gets: parts that have been checked against the route's own schemas. */
export type Asked<W, P, Q, B> = {
  app: App
  principal: W
  params: P
  query: Q
  body: B
  incoming: IncomingMessage
}

/** An answer that also sets headers, such as a cookie. `json`: the value as it is to be written, where that is known. */
export class Reply<T> {
  readonly value: T
  readonly headers: Record<string, string> | undefined
  readonly json: string | undefined
  constructor(value: T, headers?: Record<string, string>, json?: string) {
    this.value = value
    this.headers = headers
    this.json = json
  }
}

/** The names in a path template, as texts: `/tools/{name}` gives `{ name: string }`. */
type Params<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? { [K in Name]: string } & Params<Rest>
  : unknown

/**
 * One REST operation as data. The server validates with these schemas and the OpenAPI document is generated from them, so
 * the two cannot disagree. `run` answers with the value of the success status, a fault, or, where it streams, a response.
 */
export type Route = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With `{name}` for path parameters, below `/api/v1`. */
  path: string
  /** Its last path parameter takes all that is left of the path, slashes too. */
  tail?: true
  summary: string
  tag: string
  /** Who may ask: nothing is open unless it says so here. */
  may: May
  status: 200 | 201
  query?: z.ZodType
  body?: z.ZodType
  /** Of a body that may be larger than the setting `requestBytesMax` says. */
  bodyBytesMax?: number
  /**
   * What is in its body or in its answer, where that is no JSON but bytes: `run` reads the one and answers with the other.
   * `inParts`: also with a range of it, and with nothing where the caller has it already.
   */
  bytes?: { body?: string; answer?: string; inParts?: true }
  /** Headers of its own, by name, and what each is for. `run` reads and checks them. */
  headers?: Record<string, string>
  answer: z.ZodType
  run(asked: Asked<unknown, unknown, unknown, unknown>): unknown
}

type Shape<T> = T extends z.ZodType ? z.output<T> : undefined

type Told<A extends z.ZodType> = z.input<A> | Reply<z.input<A>> | Response | Fault

/** Types `run` by the schemas beside it. */
export function route<
  const M extends May,
  A extends z.ZodType,
  const T extends string,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
>(
  definition: Omit<Route, 'run' | 'answer' | 'path' | 'query' | 'body' | 'status' | 'may'> & {
    may: M
    status?: Route['status']
    path: T
    query?: Q
    body?: B
    answer: A
    run(asked: Asked<Asking<M>, Params<T>, Shape<Q>, Shape<B>>): Promise<Told<A>> | Told<A>
  },
): Route {
  return { status: 200, ...definition } as Route // `run` is only ever called with what these schemas and `may` have let through
}
