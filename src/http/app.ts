/** The whole HTTP surface on one screen. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { App } from '../app.ts'
import { lazily } from '../core/lazily.ts'
import { type Answer, writeAnswer } from './answer.ts'
import { failed } from './failed.ts'
import { guardHost } from './guard-host.ts'
import { metricsEndpoint } from './metrics/endpoint.ts'
import { oauthEndpoint } from './oauth/endpoint.ts'
import { problem } from './problem.ts'
import { createLive } from './relay/live.ts'
import { createUpgrades, type Upgrades } from './relay/upgrade.ts'
import { healthRoute } from './rest/health.ts'
import { serveRoute } from './rest/serve-route.ts'

/** `close` ends answers that still stream and WebSockets, which would otherwise go on for ever. */
export type Http = { listener: RequestListener; upgrades: Upgrades; close(): Promise<void> }

/** `url` is where this server is reached; it is asked for late, since the port may be chosen at start. */
export function createHttp(app: App, url: () => string): Http {
  const foreign = guardHost(app.config)
  const oauth = oauthEndpoint(app)
  const metrics = metricsEndpoint(app)
  const live = createLive()
  const upgrades = createUpgrades(app, live, foreign)

  // Loaded by the first request for it, and kept: a server at rest does not hold in memory what nobody has asked for.
  const router = lazily(async () => (await import('./router.ts')).createRouter(app, url, live))
  const calls = lazily(async () => (await import('./rest/call.ts')).callRoute)
  const mcp = lazily(async () => (await import('./mcp/endpoint.ts')).mcpEndpoint(app))

  const call = async (incoming: IncomingMessage, tool: string) =>
    serveRoute(app, calls.loaded() ?? (await calls.get()), { incoming, params: { name: tool }, query: {} })
  const speakMcp = async (incoming: IncomingMessage, outgoing: ServerResponse) =>
    (mcp.loaded() ?? (await mcp.get())).serve(incoming, outgoing)

  // The two routes that carry nearly all traffic go round the router: it costs a fifth of all else that a call does. Health
  // does too, since whoever watches over ClawLink asks for nothing else.
  const direct = (incoming: IncomingMessage, tool = calledTool(incoming)) => {
    if (tool !== undefined) return call(incoming, tool)
    if (incoming.url === '/api/v1/health' && incoming.method === 'GET')
      return serveRoute(app, healthRoute, { incoming, params: {}, query: {} })
    return undefined
  }
  const routed = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<undefined> => {
    const serve = await router.get()
    serve(incoming, outgoing)
  }
  const listener: RequestListener = (incoming, outgoing) => {
    const refused = foreign(incoming.headers)
    if (refused) return writeAnswer(outgoing, problem(refused))
    const answer =
      direct(incoming) ??
      metrics?.serve(incoming) ??
      (isMcp(incoming.url) ? speakMcp(incoming, outgoing) : oauth.serve(incoming, outgoing)) ??
      routed(incoming, outgoing)
    const write = (ready: Answer | Response | undefined) => {
      try {
        if (ready) writeAnswer(outgoing, ready)
      } catch {
        outgoing.destroy()
      }
    }
    answer.then(write, cause => write(failed(app, cause, incoming)))
  }
  return {
    listener,
    upgrades,
    async close() {
      await Promise.all([mcp.loaded()?.close(), oauth.close(), upgrades.close()])
    },
  }
}

const isMcp = (url = '') => url === '/mcp' || /^\/mcp\/?(\?|$)/.test(url)

/** The tool of a plain `POST /api/v1/tools/{name}/calls`; anything unusual about the URL is left to the router. */
function calledTool({ method, url = '' }: IncomingMessage): string | undefined {
  return method === 'POST' ? /^\/api\/v1\/tools\/([a-z0-9_]+)\/calls$/.exec(url)?.[1] : undefined
}
