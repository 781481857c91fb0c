import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { inWords } from '../../core/in-words.ts'
import { afterBody } from '../after-body.ts'
import { type Answer, isResponse, json, jsonText } from '../answer.ts'
import { invalidFieldsOf } from '../invalid-fields.ts'
import { problem } from '../problem.ts'
import { parseJson, readBody } from '../read-json.ts'
import { requirePrincipal } from '../require-principal.ts'
import { Reply, type Route } from './route.ts'

/** The parts of a request as the router found them; the body is still to be read. */
export type RouteRequest = {
  incoming: IncomingMessage
  params: Record<string, string>
  query: Record<string, string[]>
}

/**
 * One REST request: who is asking, then each part by its schema, then the use case. A route without a `body` schema may read
 * the body itself, as it comes, and one may answer with a stream.
 */
export async function serveRoute(app: App, route: Route, request: RouteRequest): Promise<Answer | Response> {
  const askedAt = app.clock.now()
  const ask = () => requirePrincipal(app, route.may, request.incoming)
  const asking = ask()
  const known = asking instanceof Promise ? await asking : asking
  if (known instanceof Fault) return problem(known)
  const unstored = nulIn(route, request)
  if (unstored) return problem(unstored)
  const query = route.query || hasNames(request.query) ? queryOf(route.query ?? noQuery, request.query) : undefined
  if (query instanceof Fault) return problem(query)
  const bytesMax = Math.max(app.config.requestBytesMax, route.bodyBytesMax ?? 0)
  const bytes = route.body ? await readBody(app, request.incoming, bytesMax) : undefined
  const body = route.body && bytes ? bodyOf(route.body, bytes) : undefined
  if (body instanceof Fault) return problem(body)
  const still = route.body ? afterBody(app, { askedAt, known }, ask) : known
  const principal = still instanceof Promise ? await still : still
  if (principal instanceof Fault) return problem(principal)

  const { params, incoming } = request
  const answer = await route.run({ app, principal, params, query, body, incoming })
  if (answer instanceof Fault) return problem(answer)
  if (isResponse(answer)) return answer
  if (!(answer instanceof Reply)) return json(answer, route.status)
  const ready = answer.json === undefined ? json(answer.value, route.status) : jsonText(answer.json, route.status)
  return answer.headers ? { ...ready, headers: { ...ready.headers, ...answer.headers } } : ready
}

/** Of a route that takes none: a name that nobody hears is most often a slip, there as elsewhere. */
const noQuery = z.strictObject({})

function hasNames(query: object): boolean {
  for (const _ in query) return true
  return false
}

/** Nothing that is stored has a NUL, and PostgreSQL takes none in a text that is looked for. */
function nulIn({ tail }: Route, { params, query }: RouteRequest): Fault | undefined {
  // What takes slashes is a key of a file, which says itself what is wrong with it.
  if (!tail) for (const name in params) if (params[name]?.includes('\0')) return noSuchName()
  for (const name in query) if (query[name]?.some(text => text.includes('\0'))) return nulInQuery()
  return undefined
}

const noSuchName = () => new Fault('not_found', 'There is nothing with this name.')
const nulInQuery = () => new Fault('validation_error', 'The query has a NUL in it.', { fix: 'Leave it out.' })

/** Of a name that is there twice one value would count, and nobody could tell which. */
function queryOf(schema: z.ZodType, sent: Record<string, string[]>): unknown {
  const twice = Object.keys(sent).filter(name => sent[name]?.length !== 1)
  if (!twice.length)
    return check(schema, Object.fromEntries(Object.entries(sent).map(([name, [text]]) => [name, text])), 'query')
  const invalidFields = twice.map(field => ({ field, problem: 'is there more than once' }))
  return new Fault('validation_error', `The query is not valid: ${twice.join(', ')} is there more than once.`, {
    invalidFields,
    fix: 'Give each name one value.',
  })
}

function bodyOf(schema: z.ZodType, bytes: Buffer | Fault): unknown {
  if (bytes instanceof Fault) return bytes
  const parsed = parseJson(bytes)
  return parsed instanceof Fault ? parsed : check(schema, parsed.value, 'body')
}

function check(schema: z.ZodType, value: unknown, part: 'query' | 'body'): unknown {
  const result = schema.safeParse(value, { error: inWords })
  if (result.success) return result.data
  const { invalidFields, named } = invalidFieldsOf(result.error, { unknown: 'is not known here', whole: part })
  return new Fault('validation_error', `The ${part} is not valid: ${named}.`, {
    invalidFields,
    fix: 'Correct the named fields. /api/openapi.json describes every route.',
  })
}
