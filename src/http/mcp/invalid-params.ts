import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'

/** To throw from what serves the SDK: the JSON-RPC error -32602 with a message that the caller can act on. */
export function invalidParams(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}
