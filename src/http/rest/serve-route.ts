import type { IncomingMessage } from 'node:http'
import type * as z from 'zod'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { type Answer, json } from '../answer.ts'
import { invalidFieldsOf } from '../invalid-fields.ts'
import { problem } from '../problem.ts'
import { parseJson, readBody } from '../read-json.ts'
import { requireKey } from '../require-key.ts'
import type { Asked, Route } from './route.ts'

const nobody = { workspaceId: '', agentId: '', keyId: '', environment: 'live' } as const

/** The parts of a request as the router found them; the body is still to be read. */
export type RouteRequest = { incoming: IncomingMessage; params: Record<string, string>; query: Record<string, string> }

/** One REST request: the key, then each part by its schema, then the use case. */
export async function serveRoute(app: App, route: Route, request: RouteRequest): Promise<Answer> {
  const { headers } = request.incoming
  const asking = route.open ? nobody : requireKey(app, headers)
  const principal = asking instanceof Promise ? await asking : asking
  if (principal instanceof Fault) return problem(principal)
  const query = route.query ? check(route.query, request.query, 'query') : undefined
  if (query instanceof Fault) return problem(query)
  const body = route.body ? await bodyOf(app, route.body, request.incoming) : undefined
  if (body instanceof Fault) return problem(body)

  const asked: Asked<unknown, unknown, unknown> = { app, principal, params: request.params, query, body, headers }
  const answer = await route.run(asked)
  return answer instanceof Fault ? problem(answer) : json(answer, route.status)
}

async function bodyOf(app: App, schema: z.ZodType, incoming: IncomingMessage): Promise<unknown> {
  const bytes = await readBody(incoming, app.config.requestBytesMax)
  if (bytes instanceof Fault) return bytes
  const parsed = parseJson(bytes)
  return parsed instanceof Fault ? parsed : check(schema, parsed.value, 'body')
}

function check(schema: z.ZodType, value: unknown, part: 'query' | 'body'): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { invalidFields, named } = invalidFieldsOf(result.error, { unknown: 'is not known here', whole: part })
  return new Fault('validation_error', `The ${part} is not valid: ${named}.`, {
    invalidFields,
    fix: 'Correct the named fields. /api/openapi.json describes every route.',
  })
}
