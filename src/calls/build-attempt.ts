import type { Tool } from '../catalog/catalog.ts'
import type { Values } from '../catalog/fill-url.ts'
import { requestPage, restInputs } from '../catalog/page.ts'
import { withValueAt } from '../catalog/paths.ts'
import { buildRequest, type ProviderRequest } from '../catalog/request.ts'
import { valuesOf } from '../connections/auth-of.ts'
import { Fault } from '../core/errors.ts'
import type { ReadyCall } from './call.ts'

/** The exact request of a call, without its credential. Pure: the same for every attempt and for the preview. */
export function buildAttempt({ call, tool, args, connection, file }: ReadyCall): ProviderRequest | Fault {
  const values = valuesOf(tool.provider, connection)
  const request = buildRequest(tool, args, call.id, values, file)
  if ('field' in request) {
    return new Fault('validation_error', `The argument ${request.field} ${request.problem}.`, {
      invalidFields: [request],
    })
  }
  const { next, all, callback } = call.request
  if (callback !== undefined && tool.row.job?.callback) addCallback(request, tool.row.job.callback, callback)
  if (all && !(tool.page && tool.effect === 'read')) return allRefused(`${tool.name} has no pages to follow.`)
  if (next === undefined) return request
  return (
    (tool.rest ? requestRest({ ...tool, ...tool.rest }, next, call.id, values) : requestPage(tool, request, next)) ??
    new Fault('validation_error', '`next` is not the `next` of an earlier answer of this tool.', {
      invalidFields: [{ field: 'next', problem: 'must be taken unchanged from an earlier answer of this tool' }],
    })
  )
}

/** The request for the rest of the pages, where it takes nothing of the caller's arguments. */
function requestRest(tool: Tool, next: string, callId: string, values: Values): ProviderRequest | undefined {
  const inputs = restInputs(tool, next)
  const request = inputs && buildRequest(tool, inputs, callId, values)
  return request && 'field' in request ? undefined : request
}

/** Tells the provider where to say that it is done, at this dotted path of its JSON body. */
function addCallback(request: ProviderRequest, path: string, url: string): void {
  request.body = JSON.stringify(withValueAt(JSON.parse(request.body ?? '{}'), path.split('.'), url))
}

/** `all` was asked of a tool that cannot give it. */
export function allRefused(message: string): Fault {
  return new Fault('validation_error', message, {
    invalidFields: [{ field: 'all', problem: 'is for tools whose pages are lists' }],
    fix: 'Leave `all` out.',
  })
}
