import type { IncomingMessage, ServerResponse } from 'node:http'
import { sweepRecords } from '../../accounts/grants/sweep-records.ts'
import type { App } from '../../app.ts'
import { type Answer, json } from '../answer.ts'
import { problem } from '../problem.ts'
import { oauthPaths, resourceMetadata, serverMetadata } from './metadata.ts'
import { createRequestLimits, type RequestLimits } from './request-limits.ts'
import { ownResources, resourceAt } from './resources.ts'

export type OAuthEndpoint = {
  /** Undefined when the request is for somebody else. The promise gives an answer still to be written, or has written it. */
  serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Answer | undefined> | undefined
  close(): Promise<void>
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

/** Soon after the start, but not in its way. */
const firstSweepMs = 60_000
const sweepEveryMs = 60 * 60_000

/** The OAuth 2.1 authorization server for MCP clients, and the documents by which they find it. */
export function oauthEndpoint(app: App): OAuthEndpoint {
  const limits = createRequestLimits(app)
  let loading: Promise<Listener> | undefined
  let sweeping = Promise.resolve()
  let cancelSweep = app.clock.after(firstSweepMs, sweep)

  function sweep() {
    cancelSweep = app.clock.after(sweepEveryMs, sweep)
    sweeping = sweeping
      .then(() => sweepRecords(app))
      .catch(cause => app.log.error({ err: cause }, 'old OAuth records could not be removed'))
  }

  async function toProvider(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Answer | undefined> {
    const refused = limits.count(incoming, app.clock.now())
    if (refused) return problem(refused)
    // Once more for the next request, should it have failed.
    loading ??= loadProvider(app, limits).catch(cause => {
      loading = undefined
      throw cause
    })
    const listener = await loading
    asIssuer(incoming, app.url())
    for (const [name, value] of Object.entries(inert)) outgoing.setHeader(name, value)
    await listener(incoming, outgoing)
    return undefined
  }

  return {
    serve(incoming, outgoing) {
      const path = incoming.url?.split('?', 1)[0] ?? ''
      const document = path.startsWith('/.well-known/') ? documentAt(app, path, incoming) : undefined
      if (document !== undefined) return Promise.resolve(document)
      return isOurs(incoming.method, path) ? toProvider(incoming, outgoing) : undefined
    },
    async close() {
      cancelSweep()
      await sweeping
    },
  }
}

function documentAt(app: App, path: string, { method, headers }: IncomingMessage): Answer | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined
  const issuer = app.url()
  switch (path) {
    case '/.well-known/oauth-authorization-server':
      return json(serverMetadata(issuer, app.config))
    case '/.well-known/oauth-protected-resource':
    case '/.well-known/oauth-protected-resource/mcp':
      return json(resourceMetadata(issuer, resourceAt(ownResources(app.config, issuer), headers.host)))
    default:
      return undefined
  }
}

/** Of oidc-provider's routes those that are meant to be there; all others stay shut. */
function isOurs(method: string | undefined, path: string): boolean {
  const { authorization, jwks, token, registration, revocation, device_authorization } = oauthPaths
  if (method === 'GET') return path === authorization || path === jwks || /^\/oauth\/authorize\/[\w-]+$/.test(path)
  return method === 'POST' && [token, registration, revocation, device_authorization].some(each => each === path)
}

/** On all that oidc-provider answers: nothing is cached, sniffed or framed, and no page of its would run a script. */
const inert = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}

/** Makes the request look as if it had come to the issuer's URL, which all URLs in answers are then made from. */
function asIssuer({ headers }: IncomingMessage, issuer: string): void {
  const { protocol, host } = new URL(issuer)
  headers['x-forwarded-proto'] = protocol.slice(0, -1)
  headers['x-forwarded-host'] = host
  headers.host = host
  delete headers['x-forwarded-for']
}

/** Loaded at the first request that needs it: it is tens of megabytes, and many never do. */
async function loadProvider(app: App, limits: RequestLimits): Promise<Listener> {
  await quietly(app, () => import('oidc-provider'))
  const { createProvider } = await import('./provider.ts')
  const provider = await createProvider(app, ctx => limits.countDocument(ctx.req, app.clock.now()))
  const listener = provider.callback()
  return async (incoming, outgoing) => {
    await listener(incoming, outgoing)
  }
}

/** oidc-provider knows the Node versions of its own day and warns of others on the console when it is loaded. */
async function quietly(app: App, load: () => Promise<unknown>): Promise<void> {
  const { warn } = console
  console.warn = (notice: unknown) => app.log.debug({ notice: String(notice) }, 'while oidc-provider was loaded')
  try {
    await load()
  } finally {
    console.warn = warn
  }
}
