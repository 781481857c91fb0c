import type { Hono } from 'hono'
import type * as z from 'zod'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { type Edge, type EdgeContext, json } from '../edge.ts'
import { problem } from '../problem.ts'
import { parseJson, readBody } from '../read-json.ts'
import { requireKey } from '../require-key.ts'
import type { Asked, Route } from './route.ts'

/** Puts the routes on the server: key, then parts by their schemas, then the use case. */
export function mountRoutes(http: Hono<Edge>, app: App, routes: readonly Route[]): void {
  for (const route of routes) {
    http.on(route.method, `/api/v1${route.path.replace(/\{(\w+)\}/g, ':$1')}`, c => serve(app, route, c))
  }
}

const nobody = { workspaceId: '', agentId: '', keyId: '', environment: 'live' } as const

async function serve(app: App, route: Route, c: EdgeContext): Promise<Response> {
  const asking = route.open ? nobody : requireKey(app, c)
  const principal = asking instanceof Promise ? await asking : asking
  if (principal instanceof Fault) return problem(principal)
  const query = route.query ? check(route.query, c.req.query(), 'query') : undefined
  if (query instanceof Fault) return problem(query)
  const body = route.body ? await bodyOf(app, route.body, c) : undefined
  if (body instanceof Fault) return problem(body)

  const asked: Asked<unknown, unknown, unknown> = { app, principal, params: c.req.param(), query, body }
  const answer = await route.run(asked, c)
  if (answer instanceof Fault) return problem(answer)
  return answer instanceof Response ? answer : json(answer, route.status)
}

async function bodyOf(app: App, schema: z.ZodType, c: EdgeContext): Promise<unknown> {
  const bytes = await readBody(c.env.incoming, app.config.requestBytesMax)
  if (bytes instanceof Fault) return bytes
  const parsed = parseJson(bytes)
  return parsed instanceof Fault ? parsed : check(schema, parsed.value, 'body')
}

function check(schema: z.ZodType, value: unknown, part: 'query' | 'body'): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const invalidFields = result.error.issues.flatMap(issue => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => ({ field: [...path, key].join('.'), problem: 'is not known here' }))
    return [{ field: path.join('.') || part, problem: issue.message }]
  })
  const named = invalidFields.map(({ field, problem }) => `${field} ${problem}`).join('; ')
  return new Fault('validation_error', `The ${part} is not valid: ${named}.`, {
    invalidFields,
    fix: 'Correct the named fields. /api/openapi.json describes every route.',
  })
}
