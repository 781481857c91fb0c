/**
 * The calls that make up nearly all of MCP's traffic, answered without the SDK: parse once, run, write JSON. Whatever is
 * not plainly one of them is left to the SDK, errors of the protocol included; a test holds both to equal answers.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { Caller } from '../../calls/call.ts'
import { abilitiesOf } from './client-abilities.ts'
import { goesOn } from './goes-on.ts'
import { followTool, legacyVersions, listCache, meta, modernVersion, serverInfo } from './protocol.ts'
import type { ToolResult } from './tool-result.ts'
import type { Toolset } from './toolset.ts'

type Json = Record<string, unknown>
type PlainRequest = { id: string | number; method: string; params: Json; modern: boolean }

/** The JSON-RPC response as text, or undefined when the SDK should answer. */
export function shortPath(
  toolset: Toolset,
  principal: AgentPrincipal,
  message: unknown,
  headers: IncomingHttpHeaders,
  caller?: Caller,
): Promise<string> | string | undefined {
  const request = plainRequest(message, headers)
  if (!request) return undefined
  if (request.method === 'ping') return respond(request, '{}')
  if (request.method === 'tools/list') {
    if (request.params.cursor !== undefined) return undefined
    const tools = toolset.listJson(principal)
    return typeof tools === 'string' ? respondList(request, tools) : tools.then(json => respondList(request, json))
  }
  const { name, arguments: args = {} } = request.params
  // The SDK leaves `__proto__` out of the arguments.
  if (typeof name !== 'string' || !isObject(args) || Object.hasOwn(args, '__proto__')) return undefined
  // Whoever waits for a call may be told how far it is meanwhile, which takes a stream.
  if (name === followTool && Object(request.params._meta).progressToken !== undefined) return undefined
  return toolset.call(principal, name, args, caller)?.then(async result => {
    const about = request.modern ? Object(request.params._meta) : undefined
    const later = result.parked && about && (await goesOn(toolset.app, principal, result, abilitiesOf(about)))
    return respond(request, later ? laterText(later) : resultText(result, request.modern))
  })
}

const respondList = (request: PlainRequest, tools: string) =>
  respond(
    request,
    request.modern
      ? `{"tools":${tools},"ttlMs":${listCache.ttlMs},"cacheScope":"${listCache.cacheScope}",${modernEnd}}`
      : `{"tools":${tools}}`,
  )

const laterText = (result: object) => JSON.stringify({ ...result, _meta: { [meta.serverInfo]: serverInfo } })

const modernEnd = `"resultType":"complete","_meta":${JSON.stringify({ [meta.serverInfo]: serverInfo })}`

function resultText({ json, isError }: ToolResult, modern: boolean): string {
  const content = `{"content":[{"type":"text","text":${JSON.stringify(json)}}],"structuredContent":${json}${isError ? ',"isError":true' : ''}`
  return modern ? `${content},${modernEnd}}` : `${content}}`
}

function respond({ id }: PlainRequest, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`
}

const members = new Set(['jsonrpc', 'id', 'method', 'params'])

function plainRequest(message: unknown, headers: IncomingHttpHeaders): PlainRequest | undefined {
  if (!isObject(message) || message.jsonrpc !== '2.0') return undefined
  for (const member in message) if (!members.has(member)) return undefined
  const { id, method, params = {} } = message
  if ((typeof id !== 'string' && !Number.isSafeInteger(id)) || !isObject(params)) return undefined
  if (method !== 'tools/call' && method !== 'tools/list' && method !== 'ping') return undefined
  if (!isJson(headers['content-type']) || !acceptsBoth(headers.accept)) return undefined
  // Asks for more than a plain answer: a task, or a retry of an interrupted request.
  if (params.task !== undefined || params.inputResponses !== undefined || params.requestState !== undefined)
    return undefined
  const { _meta: about = {} } = params
  if (!isObject(about) || !isPlainMeta(about)) return undefined
  const modern = about[meta.protocolVersion] !== undefined
  const plain = { id: id as string | number, method, params, modern } // checked above
  const asked = headers['mcp-protocol-version']
  if (!modern)
    return asked === undefined || legacyVersions.includes(String(asked))
      ? headers['mcp-method'] === undefined
        ? plain
        : undefined
      : undefined
  if (
    about[meta.protocolVersion] !== modernVersion ||
    asked !== modernVersion ||
    !isObject(about[meta.clientCapabilities]) ||
    !isPlainClient(about[meta.clientInfo])
  )
    return undefined
  if (method === 'ping' || headers['mcp-method'] !== method) return undefined
  return method !== 'tools/call' || headers['mcp-name'] === params.name ? plain : undefined
}

function isPlainMeta(about: Json): boolean {
  const { progressToken } = about
  if (progressToken !== undefined && typeof progressToken !== 'string' && !Number.isSafeInteger(progressToken))
    return false
  return about[meta.relatedTask] === undefined && about[meta.logLevel] === undefined
}

/** As far as anyone here would look at it: the rest of what a client says about itself is not checked. */
function isPlainClient(client: unknown): boolean {
  return (
    client === undefined || (isObject(client) && typeof client.name === 'string' && typeof client.version === 'string')
  )
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType)
}

function acceptsBoth(accept: string | undefined): boolean {
  return accept?.includes('application/json') === true && accept.includes('text/event-stream')
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
