import { LegacyA2AError } from '@a2a-js/sdk/compat/v0_3/server'
import { A2A_ERROR_CODE, toJsonRpcError } from '@a2a-js/sdk/errors'
import type { Fault } from '../../core/errors.ts'
import { responseOf } from '../answer.ts'
import { problem } from '../problem.ts'
import type { A2aAsked } from './asked.ts'
import { isLegacyMethod, rpcError, serveJsonRpc } from './json-rpc.ts'
import { legacyRestError, legacyRestPath, serveLegacyRest } from './legacy-rest.ts'
import { restError, serveRest } from './rest.ts'

/** A way in which A2A is written over HTTP. */
export type Binding = {
  versions: readonly string[]
  /** Whether a request is of version 0.3, where no header says so. */
  isLegacy(body: unknown): boolean
  /** Undefined where there is no such operation. */
  serve(asked: A2aAsked): Promise<Response | undefined>
  /** An answer that says what went wrong before anything was served. */
  failed(cause: unknown): Response
  /** As `failed`, of a body that is no JSON. */
  malformed(fault: Fault): Response
}

const jsonRpc: Binding = {
  versions: ['1.0', '0.3'],
  isLegacy: isLegacyMethod,
  serve: async asked => (asked.incoming.method === 'POST' ? serveJsonRpc(asked) : undefined),
  failed: cause => rpcError(null, toJsonRpcError(cause)),
  malformed: ({ message }) => rpcError(null, { code: A2A_ERROR_CODE.PARSE_ERROR, message }),
}

const rest: Binding = {
  versions: ['1.0'],
  isLegacy: () => false,
  serve: serveRest,
  failed: restError,
  malformed: fault => responseOf(problem(fault)),
}

const legacyRest: Binding = {
  versions: ['0.3'],
  isLegacy: () => true,
  serve: serveLegacyRest,
  failed: legacyRestError,
  malformed: ({ message }) => legacyRestError(LegacyA2AError.parseError(message)),
}

/** What is spoken at a path below the agent's URL. */
export function bindingAt(path: string): Binding {
  if (path === '' || path === '/') return jsonRpc
  return path.startsWith(legacyRestPath) ? legacyRest : rest
}
