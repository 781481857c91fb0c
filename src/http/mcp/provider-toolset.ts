import { allowsTool, type Scope } from '../../accounts/scope.ts'
import type { App } from '../../app.ts'
import { callTool } from '../../calls/call-tool.ts'
import { isIdempotencyKey, notAKey } from '../../calls/idempotency/key.ts'
import type { Tool } from '../../catalog/catalog.ts'
import { Fault } from '../../core/errors.ts'
import { answerSchemaOf } from './answer-schema.ts'
import { listedMetaTool, runMetaTool } from './meta-tool.ts'
import { metaTools } from './meta-tools.ts'
import { splitArguments, withOwnArguments } from './own-arguments.ts'
import { followTool, getFileTool, instructionsFor } from './protocol.ts'
import { resultOfCall, resultOfFault } from './tool-result.ts'
import { annotationsOf, failedTool, type ListedTool, listedOnce, listFirst, type Toolset } from './toolset.ts'

/**
 * The toolset of `/mcp?provider=…`: that provider's tools one by one, the one that follows a call which has to be approved,
 * and the one that reads files. Undefined when there is no such provider.
 */
export function providerToolset(app: App, slug: string): Toolset | undefined {
  const provider = app.catalog.providers.get(slug)
  if (!provider) return undefined
  const follow = metaTools.filter(({ name }) => name === followTool || name === getFileTool)
  const listed = listedOnce(
    () => [...provider.tools.map(listedTool), ...follow.map(listedMetaTool)],
    (scope, { name }) => sees(app, scope, name) || follow.some(tool => tool.name === name),
  )
  return {
    app,
    instructions: instructionsFor(provider.connector.name),
    list: ({ scope }) => listed.list(scope),
    listJson: ({ scope }) => listed.listJson(scope),
    call(principal, name, args, caller, onProgress) {
      const own = follow.find(each => each.name === name)
      if (own) return runMetaTool(app, principal, own, args, caller, onProgress)
      const tool = app.catalog.tools.get(name)
      if (tool?.provider !== provider) return undefined
      const split = splitArguments(tool, args)
      if (split instanceof Fault) return Promise.resolve(resultOfFault(split))
      const { idempotencyKey: key = '', ...asked } = split
      if (key && !isIdempotencyKey(key)) return Promise.resolve(resultOfFault(notAKey('idempotencyKey')))
      const request = { tool: name, ...asked, idempotencyKey: key || undefined, surface: 'mcp', caller } as const
      return callTool(app, principal, request).then(resultOfCall, cause => failedTool(app, tool, cause))
    },
    instead: () => listFirst,
  }
}

function sees(app: App, scope: Scope, name: string): boolean {
  const tool = app.catalog.tools.get(name)
  return tool !== undefined && allowsTool(scope, tool)
}

function listedTool(tool: Tool): ListedTool {
  const { name, row, effect, idempotency } = tool
  const output = tool.outputSchema()
  return {
    name,
    description: row.about,
    inputSchema: withOwnArguments(tool),
    ...(output && { outputSchema: answerSchemaOf(output) }),
    annotations: annotationsOf(effect, effect === 'read' || idempotency === 'natural'),
  }
}
