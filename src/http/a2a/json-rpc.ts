import { isV1JsonRpcMethod } from '@a2a-js/sdk/compat/v0_3'
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server'
import { A2A_ERROR_CODE } from '@a2a-js/sdk/errors'
import { JsonRpcTransportHandler } from '@a2a-js/sdk/server'
import { json, responseOf } from '../answer.ts'
import { type A2aAsked, checkParts } from './asked.ts'
import { checkLegacyParams } from './legacy-params.ts'
import { eventStream } from './sse.ts'

/** Whether a JSON-RPC request is written in version 0.3, where no header says so. */
export const isLegacyMethod = (body: unknown): boolean => {
  const { method } = Object(body)
  return typeof method === 'string' && !isV1JsonRpcMethod(method)
}

/** The JSON-RPC binding (A2A 1.0, section 9), and that of version 0.3. An error is an answer like any other: status 200. */
export async function serveJsonRpc({ body, handler, context, gone }: A2aAsked): Promise<Response> {
  const isLegacy = context.requestedVersion === '0.3'
  const wordsOf = isLegacy
    ? LegacyJsonRpcTransportHandler.mapToLegacyJSONRPCError
    : JsonRpcTransportHandler.mapToJSONRPCError
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return rpcError(null, { code: A2A_ERROR_CODE.INVALID_REQUEST, message: 'A JSON-RPC request must be an object.' })
  const request = { ...body }
  const { id } = Object(body)
  const answerId = typeof id === 'string' || typeof id === 'number' ? id : null
  try {
    const { method, params } = Object(body)
    checkParts(params)
    if (isLegacy) checkLegacyParams(method, params)
    const transport = isLegacy ? new LegacyJsonRpcTransportHandler(handler) : new JsonRpcTransportHandler(handler)
    const answer = await transport.handle(request, context)
    if (!(Symbol.asyncIterator in answer)) return responseOf(json(answer))
    return await eventStream<unknown>(answer, {
      wordsOf: cause => ({ jsonrpc: '2.0', id: answerId, error: wordsOf(cause) }),
      gone,
    })
  } catch (cause) {
    return rpcError(answerId, wordsOf(cause))
  }
}

export const rpcError = (id: string | number | null, error: { code: number; message: string }): Response =>
  responseOf(json({ jsonrpc: '2.0', id, error }))
