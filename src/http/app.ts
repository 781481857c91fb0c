/** The whole HTTP surface on one screen. */
import type { IncomingMessage, RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { type Answer, json, plainHeaders, responseOf, writeAnswer } from './answer.ts'
import { guardHost } from './guard-host.ts'
import { mcpEndpoint } from './mcp/endpoint.ts'
import { problem } from './problem.ts'
import { openApi } from './rest/openapi.ts'
import { restRoutes } from './rest/routes.ts'
import { serveRoute } from './rest/serve-route.ts'
import { callRoute } from './rest/tools.ts'

/** `close` ends answers that still stream, which would otherwise go on for ever. */
export type Http = { listener: RequestListener; close(): Promise<void> }

/** `url` is where this server is reached; it is asked for late, since the port may be chosen at start. */
export function createHttp(app: App, url: () => string): Http {
  const http = new Hono<{ Bindings: HttpBindings }>()
  for (const route of restRoutes) {
    http.on(route.method, `/api/v1${route.path.replace(/\{(\w+)\}/g, ':$1')}`, async c =>
      responseOf(
        await serveRoute(app, route, { incoming: c.env.incoming, params: c.req.param(), query: c.req.query() }),
      ),
    )
  }
  http.get('/api/openapi.json', () => responseOf(json(openApi(restRoutes, url()))))
  http.get('/', c =>
    c.text(
      `ClawLink ${version} is running.\n\nMCP:  ${url()}/mcp\nREST: ${url()}/api/openapi.json\n`,
      200,
      plainHeaders,
    ),
  )
  http.notFound(c => responseOf(problem(nothingAt(c.req.path))))
  http.onError((cause, c) => responseOf(failed(app, cause, c.env.incoming)))
  // The bindings are those of node:http, never HTTP/2; the globals of everybody else stay as they are.
  const routed = getRequestListener((request, env) => http.fetch(request, env as HttpBindings), {
    overrideGlobalObjects: false,
  })

  const foreign = guardHost(app.config)
  const mcp = mcpEndpoint(app)
  // The two routes that carry nearly all traffic go round the router: it costs a fifth of all else that a call does.
  const listener: RequestListener = (incoming, outgoing) => {
    const refused = foreign(incoming.headers)
    if (refused) return writeAnswer(outgoing, problem(refused))
    const tool = calledTool(incoming)
    const answer =
      tool !== undefined
        ? serveRoute(app, callRoute, { incoming, params: { name: tool }, query: {} })
        : isMcp(incoming.url)
          ? mcp.serve(incoming, outgoing)
          : undefined
    if (!answer) return routed(incoming, outgoing)
    answer
      .catch(cause => failed(app, cause, incoming))
      .then(ready => writeAnswer(outgoing, ready))
      .catch(() => outgoing.destroy())
  }
  return { listener, close: mcp.close }
}

const isMcp = (url = '') => url === '/mcp' || /^\/mcp\/?(\?|$)/.test(url)

/** The tool of a plain `POST /api/v1/tools/{name}/calls`; anything unusual about the URL is left to the router. */
function calledTool({ method, url = '' }: IncomingMessage): string | undefined {
  return method === 'POST' ? /^\/api\/v1\/tools\/([a-z0-9_]+)\/calls$/.exec(url)?.[1] : undefined
}

function nothingAt(path: string): Fault {
  return new Fault('not_found', `There is nothing at ${path.slice(0, 200)}.`, {
    fix: 'See /api/openapi.json for what there is.',
  })
}

/** The cause stays in the log: its text may quote anything. */
function failed(app: App, cause: unknown, { method, url }: IncomingMessage): Answer {
  app.log.error({ err: cause, method, path: url?.split('?', 1)[0] }, 'a request failed inside ClawLink')
  return problem(new Fault('internal', 'Something went wrong inside ClawLink. Nothing more is known to the caller.'))
}
