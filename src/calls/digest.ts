import { hash } from 'node:crypto'
import { Fault } from '../core/errors.ts'
import { canonicalJson } from '../core/json.ts'
import { buildAttempt } from './build-attempt.ts'
import type { ReadyCall } from './call.ts'

/**
 * What an approval is bound to: SHA-256, hex, of the tool, the account, the arguments as they will be sent, the page, and
 * the request that comes of them. Other arguments, another account or another connector give another digest. The call's
 * own id, and where its provider reports back, are left out, so that the same call asked twice has one digest.
 */
export function digestOf(ready: ReadyCall): string | Fault {
  const { call, tool, args, connection } = ready
  const built = buildAttempt({ ...ready, call: { ...call, id: '', request: { ...call.request, callback: undefined } } })
  if (built instanceof Fault) return built
  return hash(
    'sha256',
    canonicalJson({
      tool: tool.name,
      connection: connection.id,
      account: connection.account_id,
      arguments: args,
      next: call.request.next ?? null,
      ...(call.request.all && { all: true }),
      request: built,
    }),
  )
}
