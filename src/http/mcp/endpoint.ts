import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { authenticateToken, looksLikeToken } from '../../accounts/grants/authenticate-token.ts'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { afterBody } from '../after-body.ts'
import { type Answer, jsonHeaders } from '../answer.ts'
import { challenge } from '../oauth/metadata.ts'
import { ownResources, resourceAt } from '../oauth/resources.ts'
import { problem } from '../problem.ts'
import { parseJson, readBody } from '../read-json.ts'
import { requireKey, sentKey } from '../require-key.ts'
import { metaToolset } from './meta-toolset.ts'
import { providerToolset } from './provider-toolset.ts'
import type { SdkPath } from './sdk-path.ts'
import { shortPath } from './short-path.ts'
import type { Toolset } from './toolset.ts'

/** Nobody looks at it. What a client says in its Host header may not even make a URL. */
const anyHost = 'http://relative.invalid'

export type McpEndpoint = {
  serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Answer | Response>
  /** Ends what still streams. */
  close(): Promise<void>
}

/** MCP over Streamable HTTP, both eras, without sessions. `?provider=` shows that provider's tools one by one. */
export function mcpEndpoint(app: App): McpEndpoint {
  const toolsets = toolsetsOf(app)
  let sdk: Promise<SdkPath> | undefined

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Answer | Response> {
    const askedAt = app.clock.now()
    const ask = () => requireKeyOrToken(app, incoming.headers)
    const asking = ask()
    const known = asking instanceof Promise ? await asking : asking
    if (known instanceof Fault) return challenged(app, incoming.headers, known)
    const toolset = toolsets(incoming.url)
    if (toolset instanceof Fault) return problem(toolset)
    if (incoming.method !== 'POST')
      return refuse(405, -32000, 'Method not allowed: there are no sessions here, only POST.')

    const body = await readBody(app, incoming, app.config.requestBytesMax)
    if (body instanceof Fault) return problem(body)
    const still = afterBody(app, { askedAt, known }, ask)
    const principal = still instanceof Promise ? await still : still
    if (principal instanceof Fault) return challenged(app, incoming.headers, principal)
    const parsed = parseJson(body)
    if (parsed instanceof Fault) return refuse(400, -32700, parsed.message)
    const answer = shortPath(toolset, principal, parsed.value, incoming.headers, incoming.socket)
    if (answer !== undefined)
      return { status: 200, headers: jsonHeaders, body: typeof answer === 'string' ? answer : await answer }
    sdk ??= loadSdk(app)
    return (await sdk).answer(toolset, principal, webRequest(incoming, outgoing, body), incoming.socket)
  }

  return { serve, close: async () => (await sdk)?.close() }
}

/** Here alone the access token of an OAuth client counts as well as a key: it was issued for this endpoint. */
function requireKeyOrToken(
  app: App,
  headers: IncomingHttpHeaders,
): AgentPrincipal | Fault | Promise<AgentPrincipal | Fault> {
  const sent = sentKey(headers)
  return sent !== undefined && looksLikeToken(sent)
    ? authenticateToken(app, sent, ownResources(app.config, app.url()))
    : requireKey(app, headers)
}

/** A refusal that tells a client where to get a token, or a better one (RFC 6750, 3.1). */
function challenged(app: App, headers: IncomingHttpHeaders, fault: Fault): Answer {
  const answer = problem(fault)
  if (fault.code !== 'unauthorized' && fault.code !== 'forbidden') return answer
  const resource = resourceAt(ownResources(app.config, app.url()), headers.host)
  const wrong = sentKey(headers) === undefined ? 'none' : 'invalid_token'
  const error = fault.code === 'forbidden' ? 'insufficient_scope' : wrong
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge(resource, error) } }
}

/** The toolset that a URL asks for. Each is made once. */
function toolsetsOf(app: App): (url: string | undefined) => Toolset | Fault {
  const meta = metaToolset(app)
  const ofProviders = new Map<string, Toolset>()
  return (url = '/mcp') => {
    const provider = url === '/mcp' ? null : new URL(url, anyHost).searchParams.get('provider')
    if (provider === null) return meta
    const toolset = ofProviders.get(provider) ?? providerToolset(app, provider)
    if (!toolset)
      return new Fault('provider_not_found', `There is no provider "${provider.slice(0, 100)}".`, {
        choices: [...app.catalog.providers.keys()],
      })
    ofProviders.set(provider, toolset)
    return toolset
  }
}

/** An error of JSON-RPC 2.0 for a request that cannot even be told apart from others. */
function refuse(status: 400 | 405, code: number, message: string): Answer {
  const headers = status === 405 ? { ...jsonHeaders, allow: 'POST' } : jsonHeaders
  return { status, headers, body: JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }) }
}

/** The request as the SDK takes it. It is aborted when its client goes away, which ends what streams. */
function webRequest(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Request {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    const aboutTransfer = name === 'content-length' || name === 'transfer-encoding' || name === 'connection'
    if (!aboutTransfer && value !== undefined) headers.set(name, String(value))
  }
  return new Request(new URL(incoming.url ?? '/mcp', anyHost), {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
    signal: gone.signal,
  })
}

/** Loaded at the first request that needs it: the SDK is most of what ClawLink would otherwise hold in memory. */
async function loadSdk(app: App): Promise<SdkPath> {
  const { createSdkPath } = await import('./sdk-path.ts')
  return createSdkPath(cause => app.log.debug({ reason: cause.message }, 'an MCP request was refused'))
}
