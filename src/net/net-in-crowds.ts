import { availableParallelism } from 'node:os'
import type { Net, NetSettings } from './send.ts'
import { type PlainRequest, type SendingThread, startSendingThread } from './sending-thread.ts'
import type { WireRequest } from './wire.ts'

/** From so many requests under way on, the next ones go by the thread: for fewer, to pass them on costs more than it saves. */
const manyAtOnce = 8
/** It is started when so many requests have gone out in such numbers: few ever need it. */
const threadAfter = 2_000

/**
 * The same net, except that a thread of its own sends what is sent in crowds: all of HTTP, TLS and packed answers is work that
 * the event loop is then free of. What cannot be passed to a thread, such as a file on its way, stays here.
 */
export function netInCrowds(
  direct: Net,
  settings: NetSettings,
  {
    after = availableParallelism() > 1 ? threadAfter : Number.POSITIVE_INFINITY,
    start = startSendingThread,
    failed,
  }: { after?: number; start?: typeof startSendingThread; failed?: (cause: unknown) => void } = {},
): Net {
  let thread: SendingThread | undefined
  let inCrowds = 0
  let underWay = 0

  return {
    send(request) {
      const isCrowd = underWay + (thread?.underWay() ?? 0) >= manyAtOnce
      if (isCrowd) {
        inCrowds += 1
        if (inCrowds >= after) thread ??= start(settings, { failed })
        const plain = thread?.isReady() && plainOf(request)
        if (thread && plain) return thread.send(plain)
      }
      underWay += 1
      return direct.send(request).then(result => {
        underWay -= 1
        return result
      })
    },
    async close() {
      await Promise.all([direct.close(), thread?.close()])
    },
  }
}

/** What a thread can be passed of a request, if that is all of it. */
function plainOf(request: WireRequest): PlainRequest | undefined {
  const { method, url, headers, credential, credentialQuery, certificate, body, sink, redirects, inside, timeoutMs } =
    request
  if (certificate || sink || typeof body === 'object') return undefined
  return {
    method,
    url,
    headers,
    credential,
    ...(credentialQuery && { credentialQuery }),
    ...(body !== undefined && { body }),
    ...(redirects && { redirects }),
    ...(inside && { inside }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  }
}
