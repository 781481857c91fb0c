import type { IncomingMessage } from 'node:http'
import { networkOf } from '../../accounts/network-of.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { createTries } from '../../core/tries.ts'
import { clientAddress } from '../client-address.ts'
import { oauthPaths } from './metadata.ts'

/** How much a stranger can make ClawLink store or fetch. */
export type RequestLimits = {
  /** Counts a request to the authorization server; a fault when it is one too many. */
  count(incoming: IncomingMessage, nowMs: number): Fault | undefined
  /** Counts the fetching of a client's document; false when it is one too many. */
  countDocument(incoming: IncomingMessage, nowMs: number): boolean
}

const windowMs = 10 * 60_000

/**
 * In ten minutes: of registrations, and of documents, 30 from one address and 300 from all; of requests that a person is to
 * decide about 120 from one address. Addresses of one network count as one. Kept in this process alone.
 */
export function createRequestLimits(app: App): RequestLimits {
  const fromOne = createTries({ max: 30, windowMs })
  const fromAll = createTries({ max: 300, windowMs })
  const asking = createTries({ max: 120, windowMs })
  const from = (incoming: IncomingMessage) => networkOf(clientAddress(app, incoming))

  function rare(kind: string, incoming: IncomingMessage, nowMs: number): Fault | undefined {
    return counted(fromOne, `${kind} ${from(incoming)}`, nowMs) ?? counted(fromAll, kind, nowMs)
  }

  return {
    count(incoming, nowMs) {
      const path = incoming.url?.split('?', 1)[0]
      if (path === oauthPaths.registration) return rare('registration', incoming, nowMs)
      const isAsking = path === oauthPaths.authorization || path === oauthPaths.device_authorization
      return isAsking ? counted(asking, from(incoming), nowMs) : undefined
    },
    countDocument: (incoming, nowMs) => rare('document', incoming, nowMs) === undefined,
  }
}

function counted(tries: ReturnType<typeof createTries>, who: string, nowMs: number): Fault | undefined {
  const refused = tries.take(who, nowMs)
  return refused && new Fault('rate_limited', 'Too many requests of this kind.', refused.details)
}
