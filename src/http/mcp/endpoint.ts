import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { type EdgeContext, plainHeaders } from '../edge.ts'
import { problem } from '../problem.ts'
import { parseJson, readBody } from '../read-json.ts'
import { requireKey } from '../require-key.ts'
import type { SdkPath } from './sdk-path.ts'
import { shortPath } from './short-path.ts'
import { metaToolset, providerToolset } from './toolset.ts'

const jsonHeaders = { 'content-type': 'application/json', ...plainHeaders }

/** MCP over Streamable HTTP, both eras, without sessions. `?provider=` shows that provider's tools one by one. */
export function mcpEndpoint(app: App): (c: EdgeContext) => Promise<Response> {
  const meta = metaToolset(app)
  let sdk: Promise<SdkPath> | undefined
  const sdkPath = () => (sdk ??= loadSdk(app))

  return async c => {
    const asking = requireKey(app, c)
    const principal = asking instanceof Promise ? await asking : asking
    if (principal instanceof Fault) return problem(principal)
    const provider = c.req.query('provider')
    const toolset = provider === undefined ? meta : providerToolset(app, provider)
    if (!toolset)
      return problem(
        new Fault('provider_not_found', `There is no provider "${provider}".`, {
          choices: [...app.catalog.providers.keys()],
        }),
      )

    if (c.req.method !== 'POST')
      return refuse(405, -32000, 'Method not allowed: there are no sessions here, only POST.')

    const { incoming } = c.env
    const body = await readBody(incoming, app.config.requestBytesMax)
    if (body instanceof Fault) return problem(body)
    const parsed = parseJson(body)
    if (parsed instanceof Fault) return refuse(400, -32700, parsed.message)
    const answer = shortPath(toolset, principal, parsed.value, incoming.headers)
    if (answer !== undefined)
      return new Response(typeof answer === 'string' ? answer : await answer, { headers: jsonHeaders })
    const request = new Request(c.req.url, {
      method: 'POST',
      headers: webHeaders(incoming.headers),
      body: new Uint8Array(body),
    })
    return (await sdkPath())(toolset, principal, request)
  }
}

/** An error of JSON-RPC 2.0 for a request that cannot even be told apart from others. */
function refuse(status: 400 | 405, code: number, message: string): Response {
  const headers = status === 405 ? { ...jsonHeaders, allow: 'POST' } : jsonHeaders
  return new Response(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }), { status, headers })
}

/** Loaded at the first request that needs it: the SDK is most of what ClawLink would otherwise hold in memory. */
async function loadSdk(app: App): Promise<SdkPath> {
  const { createSdkPath } = await import('./sdk-path.ts')
  return createSdkPath(cause => app.log.debug({ reason: cause.message }, 'an MCP request was refused'))
}

function webHeaders(headers: Record<string, string | string[] | undefined>): Headers {
  const result = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (name !== 'content-length' && name !== 'transfer-encoding' && name !== 'connection')
      result.set(name, Array.isArray(value) ? value.join(', ') : (value ?? ''))
  }
  return result
}
