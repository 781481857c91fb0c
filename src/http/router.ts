import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { App } from '../app.ts'
import { version } from '../core/version.ts'
import { json, plainHeaders, responseOf } from './answer.ts'
import { oidcSignIn } from './auth-oidc.ts'
import { connectCallback } from './connect-callback.ts'
import { failed } from './failed.ts'
import { callHook } from './hooks/call-hook.ts'
import { nothingAt } from './nothing-at.ts'
import { problem } from './problem.ts'
import type { Live } from './relay/live.ts'
import { seedRoutes } from './relay/seed/routes.ts'
import { openApi } from './rest/openapi.ts'
import { restRoutes } from './rest/routes.ts'
import { serveRoute } from './rest/serve-route.ts'
import { webApp } from './web/web-app.ts'

/** Everything that is asked for less often than calls and health. */
export function createRouter(app: App, url: () => string, live: Live): RequestListener {
  const http = new Hono<{ Bindings: HttpBindings }>()
  for (const route of restRoutes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1')
    http.on(route.method, `/api/v1${path}${route.tail ? '{[^]+}' : ''}`, async c => {
      const request = { incoming: c.env.incoming, params: c.req.param(), query: c.req.queries() }
      const answer = await serveRoute(app, route, request)
      // Of what is answered to a HEAD only the headers are sent: nobody would ever end its stream.
      if (c.env.incoming.method === 'HEAD' && answer instanceof Response) await answer.body?.cancel()
      return answer instanceof Response ? answer : responseOf(answer)
    })
  }
  http.route('/auth/oidc', oidcSignIn(app))
  http.post('/hooks/calls/:id/:token', c => callHook(app, c.req.param('id'), c.req.param('token')))
  http.get('/connect/callback', c => connectCallback(app, c.env.incoming))
  for (const path of ['/a2a/:agent', '/a2a/:agent/*'])
    http.all(path, async c => {
      // Loaded with the SDK behind it when somebody first speaks A2A.
      const { serveA2a } = await import('./a2a/endpoint.ts')
      const below = c.req.path.split('/').slice(3)
      const rest = {
        ref: c.req.param('agent') ?? '',
        path: below.map(each => `/${each}`).join(''),
        query: c.req.query(),
      }
      return serveA2a(app, c.env, rest)
    })
  http.get('/api/openapi.json', () => responseOf(json(openApi(restRoutes, url()))))
  http.route('/', seedRoutes(app, live))
  const web = webApp()
  http.get('*', async (c, next) => {
    const { accept = '', 'accept-encoding': encodings = '' } = c.req.header()
    return (await web({ path: c.req.path, accept, encodings })) ?? next()
  })
  http.get('/', c =>
    c.text(
      `ClawLink ${version} is running.\n\nMCP:  ${url()}/mcp\nREST: ${url()}/api/openapi.json\n`,
      200,
      plainHeaders,
    ),
  )
  http.notFound(c => responseOf(problem(nothingAt(c.req.method, c.req.path))))
  http.onError((cause, c) => responseOf(failed(app, cause, c.env.incoming)))
  // The bindings are those of node:http, never HTTP/2; the globals of everybody else stay as they are.
  return getRequestListener((request, env) => http.fetch(request, env as HttpBindings), {
    overrideGlobalObjects: false,
  })
}
