import type { IncomingMessage } from 'node:http'
import { RequestMalformedError } from '@a2a-js/sdk/errors'
import { type A2ARequestHandler, ServerCallContext } from '@a2a-js/sdk/server'

/** A request to an agent by somebody who may ask it. */
export type A2aAsked = {
  incoming: IncomingMessage
  /** Below the agent's URL, with a slash at its beginning; empty for the URL itself. */
  path: string
  query: Record<string, string>
  /** Undefined where it has none. */
  body: unknown
  handler: A2ARequestHandler
  context: ServerCallContext
  /** To be aborted once the client is gone. */
  gone: AbortController
}

/** What the SDK's reading of a message would stumble over, beyond the shapes that it checks itself. */
export function checkParts(params: unknown): void {
  const { message } = Object(params)
  if (message === undefined || message === null) return
  if (typeof message !== 'object' || Array.isArray(message))
    throw new RequestMalformedError('message must be an object.')
  const { parts } = Object(message)
  if (!Array.isArray(parts) || !parts.every(part => typeof part === 'object' && part !== null && !Array.isArray(part)))
    throw new RequestMalformedError('message.parts must be a list of objects.')
  if (parts.some(({ raw }) => raw !== undefined && raw !== null && typeof raw !== 'string'))
    throw new RequestMalformedError('The raw of a part must be a text, in base64.')
}

export const callContext = (agentId: string, requestedVersion: string): ServerCallContext =>
  new ServerCallContext({
    requestedVersion,
    user: { isAuthenticated: true, userName: agentId },
  })
