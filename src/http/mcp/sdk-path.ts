import {
  type AuthInfo,
  type CallToolResult,
  createMcpHandler,
  ResourceNotFoundError,
  Server,
} from '@modelcontextprotocol/server'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { Caller } from '../../calls/call.ts'
import { afterLink } from './after-link.ts'
import { abilitiesOf, tasksExtension } from './client-abilities.ts'
import { goesOn } from './goes-on.ts'
import { guides, listedGuides } from './guides.ts'
import { invalidParams } from './invalid-params.ts'
import { getPrompt, listedPrompts } from './prompts.ts'
import { listCache, serverInfo } from './protocol.ts'
import { serveTasks } from './tasks.ts'
import { tellProgress } from './tell-progress.ts'
import { contentOf } from './tool-result.ts'
import type { Toolset } from './toolset.ts'

/** The tools of a request, who asks, and on which connection. */
type Served = { toolset: Toolset; principal: AgentPrincipal; caller: Caller | undefined }

export type SdkPath = {
  answer(toolset: Toolset, principal: AgentPrincipal, request: Request, caller?: Caller): Promise<Response>
  /** Ends what still streams. */
  close(): Promise<void>
}

/**
 * The official SDK for everything that the short path leaves: `initialize`, `server/discover`, resources, listening, and
 * every error of the protocol. A fresh low-level server per request; nothing is kept between requests.
 */
export function createSdkPath(report: (cause: Error) => void): SdkPath {
  // The SDK carries this object through to its factory untouched; what the request may do is kept beside it.
  const serving = new WeakMap<AuthInfo, Served>()
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const served = authInfo && serving.get(authInfo)
      if (!served) throw new Error('a request reached the SDK without a principal')
      return serverFor(served)
    },
    // The endpoint has measured the body already, by the limit that is configured.
    { onerror: report, maxRequestBodySize: Number.MAX_SAFE_INTEGER },
  )
  return {
    answer(toolset, principal, request, caller) {
      const authInfo: AuthInfo = { token: '', clientId: principal.agentId, scopes: [] }
      serving.set(authInfo, { toolset, principal, caller })
      return handler.fetch(request, { authInfo })
    },
    close: handler.close,
  }
}

function serverFor({ toolset, principal, caller }: Served): Server {
  const { app } = toolset
  const cacheHints = {
    'tools/list': listCache,
    'prompts/list': listCache,
    'resources/list': listCache,
    'resources/templates/list': listCache,
    'resources/read': listCache,
    'server/discover': listCache,
  }
  const server = new Server(serverInfo, {
    capabilities: { tools: {}, resources: {}, prompts: {}, logging: {}, extensions: { [tasksExtension]: {} } },
    instructions: toolset.instructions,
    cacheHints,
  })
  server.setRequestHandler('tools/list', async ({ params }) => {
    const tools = await toolset.list(principal)
    return onePage(params, {
      tools: tools.map(({ inputSchema, ...tool }) => ({
        ...tool,
        inputSchema: { ...inputSchema, type: 'object' as const },
      })),
    })
  })
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const state = mcpReq.requestState()
    if (state !== undefined)
      return contentOf(await afterLink(app, principal, { state, responses: mcpReq.inputResponses, caller }))
    const token = mcpReq._meta?.progressToken
    const onProgress = token === undefined ? undefined : tellProgress(token, mcpReq.notify)
    const result = await toolset.call(principal, params.name, params.arguments ?? {}, caller, onProgress)
    if (!result) {
      const shown = params.name.slice(0, 100)
      throw invalidParams(`There is no tool "${shown}" in this list. ${toolset.instead(params.name)}`)
    }
    const later = await goesOn(app, principal, result, abilitiesOf(mcpReq.envelope))
    return later ? (later as CallToolResult) : contentOf(result) // the SDK passes on what the revision and its extension name
  })
  serveTasks(server, app, principal)
  server.setRequestHandler('resources/list', ({ params }) => onePage(params, { resources: listedGuides }))
  server.setRequestHandler('resources/templates/list', ({ params }) => onePage(params, { resourceTemplates: [] }))
  server.setRequestHandler('resources/read', ({ params }) => {
    const guide = guides.find(({ uri }) => uri === params.uri)
    if (!guide) throw new ResourceNotFoundError(params.uri)
    return { contents: [{ uri: guide.uri, mimeType: guide.mimeType, text: guide.text }] }
  })
  server.setRequestHandler('prompts/list', ({ params }) => onePage(params, { prompts: listedPrompts }))
  server.setRequestHandler('prompts/get', ({ params }) => getPrompt(params.name, params.arguments))
  return server
}

/** Every list is one page, so that no cursor is ever ours (2025-11-25, pagination: an invalid cursor is -32602). */
function onePage<T>(params: { cursor?: string | undefined } | undefined, list: T): T {
  if (params?.cursor !== undefined) throw invalidParams('This list has one page: ask for it without a cursor.')
  return list
}
