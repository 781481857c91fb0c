/** The whole HTTP surface on one screen. */
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { type Edge, json, plainHeaders } from './edge.ts'
import { guardHost } from './guard-host.ts'
import { mcpEndpoint } from './mcp/endpoint.ts'
import { problem } from './problem.ts'
import { mountRoutes } from './rest/mount.ts'
import { openApi } from './rest/openapi.ts'
import { restRoutes } from './rest/routes.ts'

/** Answers a request as node-server hands it over. */
export type Fetch = (request: Request, env: HttpBindings) => Response | Promise<Response>

/** `url` is where this server is reached; it is asked for late, since the port may be chosen at start. */
export function createHttp(app: App, url: () => string): Fetch {
  const http = new Hono<Edge>()
  http.all('/mcp', mcpEndpoint(app))
  mountRoutes(http, app, restRoutes)
  http.get('/api/openapi.json', () => json(openApi(restRoutes, url())))
  http.get('/', c =>
    c.text(
      `ClawLink ${version} is running.\n\nMCP:  ${url()}/mcp\nREST: ${url()}/api/openapi.json\n`,
      200,
      plainHeaders,
    ),
  )

  http.notFound(c =>
    problem(
      new Fault('not_found', `There is nothing at ${c.req.path.slice(0, 200)}.`, {
        fix: 'See /api/openapi.json for what there is.',
      }),
    ),
  )
  http.onError((cause, c) => {
    // The cause stays in the log: its text may quote anything.
    app.log.error({ err: cause, method: c.req.method, path: c.req.path }, 'a request failed inside ClawLink')
    return problem(new Fault('internal', 'Something went wrong inside ClawLink. Nothing more is known to the caller.'))
  })

  // Before the router rather than as its middleware: a route without middleware takes a much shorter way through Hono.
  const foreign = guardHost(app.config)
  return (request, env) => {
    const refused = foreign(env.incoming.headers)
    return refused ? problem(refused) : http.fetch(request, env)
  }
}
